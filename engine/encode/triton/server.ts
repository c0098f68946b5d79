import { Pool } from "undici";
import { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import { brokeOff, TritonRefusal } from "./failures.ts";

export interface TritonReply {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

interface TritonRequest {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: Buffer | string;
  signal: AbortSignal;
}

/** A Triton server: one pool of connections for everything that is asked of it. */
export interface TritonServer {
  /** Without credentials; for messages. */
  readonly address: string;
  readonly deadlineMs: number;
  readonly connections: number;
  /** Grows whenever a connection is lost: what was found out before may no longer hold. */
  readonly losses: number;
  /** @throws TritonRefusal for any answer but 2xx; errors of undici */
  request(path: string, options: TritonRequest): Promise<TritonReply>;
  /** @throws as `request`; Error where the answer is not of `schema` */
  json<T>(schema: z.ZodType<T>, path: string, options: TritonRequest): Promise<T>;
  /** The server's own version. */
  version(signal: AbortSignal): Promise<string>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Longer than the pause between two photos at a counter: opening a connection costs a check of the model. */
const KEEP_ALIVE_MS = 10 * 60_000;
const LARGEST_REPLY = 256 * 1024 * 1024;

const versionSchema = z.object({ version: z.string() });

/** Opens no connection yet: the server may come later. */
export function connectTriton({ url, deadlineMs, connections }: Config["triton"]): TritonServer {
  const { origin, pathname, username, password } = new URL(url);
  const base = pathname.replace(/\/+$/, "");
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const always = username === "" ? {} : { authorization: `Basic ${credentials}` };
  let losses = 0;
  let closing: Promise<void> | null = null;
  const pool = new Pool(origin, {
    connections,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { timeout: deadlineMs },
    // Every call brings its own deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: LARGEST_REPLY,
  });
  pool.on("disconnect", () => losses++);

  async function send(path: string, { method = "GET", headers, body, signal }: TritonRequest): Promise<TritonReply> {
    const reply = await pool.request({
      path: `${base}${path}`,
      method,
      headers: { ...always, ...headers },
      body: body ?? null,
      signal,
    });
    const bytes = Buffer.from(await reply.body.arrayBuffer());
    if (reply.statusCode < 200 || reply.statusCode > 299) throw new TritonRefusal(reply.statusCode, reasonOf(bytes));
    return { headers: reply.headers, body: bytes };
  }

  async function request(path: string, options: TritonRequest): Promise<TritonReply> {
    try {
      return await send(path, options);
    } catch (error) {
      // The server had closed a connection that was kept. All that is asked of Triton may be asked twice.
      if (!brokeOff(error) || options.signal.aborted) throw error;
      return await send(path, options);
    }
  }

  const json: TritonServer["json"] = async (schema, path, options) => {
    const { body } = await request(path, options);
    const parsed = schema.safeParse(JSON.parse(body.toString("utf8")));
    if (!parsed.success) throw new Error(`its answer to ${path} is not as expected: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  };

  return {
    address: `${origin}${base}`,
    deadlineMs,
    connections,
    get losses() {
      return losses;
    },
    request,
    json,
    version: async (signal) => (await json(versionSchema, "/v2", { signal })).version,
    close() {
      closing ??= pool.close();
      return closing;
    },
  };
}

/** Triton's words, which it sends as JSON whatever the content type says; of others, the beginning. */
function reasonOf(body: Buffer): string {
  const text = body.toString("utf8");
  try {
    const { error } = z.object({ error: z.string() }).parse(JSON.parse(text));
    return error.split("\n")[0] ?? error;
  } catch {
    return text.slice(0, 200) || "nothing more";
  }
}
