import { Agent, get, type IncomingMessage } from "node:http";
import type { EngineProcess } from "./engine-process.ts";

/** Pictures for `<img>` come from the engine's web host: read-only, and these addresses alone. */
const PICTURES =
  /^\/api\/v1\/(?:pictures\/[0-9a-f]{64}|examples\/[\w-]+\.\w{1,5}|runs\/[\w-]{1,80}\/photo|evaluations\/[0-9a-f-]{36}\/pictures\/\d{1,7}|batches\/[0-9a-f-]{36}\/items\/\d{1,7}\/picture)$/;

export function isPictureAddress(pathname: string): boolean {
  return PICTURES.test(pathname);
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const DEADLINE_MS = 30_000;

/** What a page may hear of a picture. */
const PASSED_ON = ["content-type", "content-length", "etag", "cache-control"];

/** @throws Error where no engine runs, or it does not answer */
export async function enginePicture(
  { host }: EngineProcess,
  path: string,
  known: string | undefined,
): Promise<{ status: number; headers: Record<string, string>; body: IncomingMessage }> {
  if (host === null) throw new Error("There is no engine.");
  const headers = {
    authorization: `Bearer ${host.token}`,
    ...(known === undefined ? {} : { "if-none-match": known }),
  };
  const body = await fetched(`${host.endpoint}${path}`, headers);
  const passed = PASSED_ON.flatMap((name) => {
    const value = body.headers[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  return { status: body.statusCode ?? 502, headers: Object.fromEntries(passed), body };
}

/**
 * The engine closes a connection that was idle for some seconds; one that is taken up again in that very moment ends
 * without an answer, which is no fault, and is asked for once more.
 */
function fetched(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent, timeout: DEADLINE_MS }, resolve);
    request.once("error", (error) => {
      const closed = request.reusedSocket && "code" in error && error.code === "ECONNRESET";
      if (closed) fetched(url, headers).then(resolve, reject);
      else reject(error);
    });
    request.once("timeout", () => request.destroy(new Error("The engine took too long.")));
  });
}
