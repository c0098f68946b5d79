import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { type CallOptions, createRemoteService, type RemoteHealth } from "../../lib/remote/remote-service.ts";
import { ChromaRefusal, toServiceError } from "./failures.ts";

interface Request<T> {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v2`, with a slash first. */
  path: string;
  body?: unknown;
  /** Of the answer's body. */
  reply: z.ZodType<T>;
}

export interface ChromaConnection {
  /**
   * One call of the HTTP API, version 2; `what` ends the sentence "Chroma could not ...".
   * @throws ShelfmatchError SERVICE_UNAVAILABLE, SERVICE_DENIED, SERVICE_MISMATCH, SERVICE_BAD_ANSWER, TIMEOUT, BUSY,
   *   DISK_FULL, CANCELLED
   */
  call<T>(what: string, request: Request<T>, options?: CallOptions): Promise<T>;
  /** The same past the breaker, for health. */
  probe<T>(what: string, request: Request<T>): Promise<T>;
  remote(): RemoteHealth;
}

const CONNECTIONS = 16;
const refusal = z.object({ message: z.string() });

/**
 * Chroma writes a record's metadata first and its vector then; who reads in between is told of an internal error
 * (rust/segment/src/local_hnsw.rs: UninitializedSegment, IdNotFound, GetEmbeddingError). It passes with that write.
 */
const BETWEEN = /Nothing found on disk|Error finding id|Error getting embedding/;
const BETWEEN_TRIES = 40;
const BETWEEN_PAUSE_MS = 25;

/** Chroma's HTTP API behind a deadline, a breaker and a check of every reply. */
export function connectChroma({ url, deadlineMs }: Config["chroma"]): ChromaConnection {
  const base = `${url.replace(/\/+$/, "")}/api/v2`;
  const service = createRemoteService({
    name: "Chroma",
    address: new URL(url).host,
    deadlineMs,
    concurrency: CONNECTIONS,
    translate: toServiceError,
  });
  let version: string | null = null;

  async function send<T>({ method, path, body, reply }: Request<T>, signal: AbortSignal): Promise<T> {
    const answer = await fetch(base + path, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new ChromaRefusal(answer.status, reasonOf(text));
    const read = reply.safeParse(parseJson(text));
    if (read.success) return read.data;
    throw new Error(`its answer has another form than Chroma's: ${z.prettifyError(read.error).replace(/\s+/g, " ")}`);
  }

  async function sendPatiently<T>(request: Request<T>, signal: AbortSignal): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await send(request, signal);
      } catch (error) {
        const passes = error instanceof ChromaRefusal && error.status === 500 && BETWEEN.test(error.message);
        if (!passes || tries === BETWEEN_TRIES) throw error;
        await sleep(BETWEEN_PAUSE_MS, undefined, { signal });
      }
    }
  }

  /** The version of its API, not of the program: Chroma 1.5 says 1.0.0. Asked for once a server was met. */
  async function checkVersion(signal: AbortSignal): Promise<void> {
    if (version !== null) return;
    const found = await send({ method: "GET", path: "/version", reply: z.string() }, signal).catch((error: unknown) => {
      // Before 1.0, the second version of the API was not there, or not all of it.
      if (error instanceof ChromaRefusal && error.status === 404) return "0";
      throw error;
    });
    if (!found.startsWith("1.")) {
      const { address } = service.status();
      const message = `Chroma at ${address} speaks version ${found} of its API; Shelfmatch needs 1. Update the server, or set chroma.url.`;
      throw new ShelfmatchError("SERVICE_MISMATCH", message, { details: { version: found } });
    }
    version = found;
  }

  function guarded<T>(request: Request<T>): (signal: AbortSignal) => Promise<T> {
    return async (signal) => {
      await checkVersion(signal);
      try {
        return await sendPatiently(request, signal);
      } catch (error) {
        // Another server may be there the next time.
        if (!(error instanceof ChromaRefusal)) version = null;
        throw error;
      }
    };
  }

  return {
    call: (what, request, options) => service.call(what, guarded(request), options),
    probe: (what, request) => service.probe(what, guarded(request)),
    remote: () => ({ ...service.status(), version }),
  };
}

/** undefined for what is no JSON, such as a proxy's page. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(text: string): string {
  const said = refusal.safeParse(parseJson(text));
  return said.success ? said.data.message : text.slice(0, 200);
}
