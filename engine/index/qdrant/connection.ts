import { QdrantClient } from "@qdrant/js-client-rest";
import { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { readSecretFile } from "../../config/secret-file.ts";
import { type CallOptions, createRemoteService, type RemoteHealth } from "../../lib/remote/remote-service.ts";
import { toServiceError } from "./failures.ts";

export type QdrantApi = ReturnType<QdrantClient["api"]>;

export interface QdrantConnection {
  /**
   * One call, whose reply is checked; `what` ends the sentence "Qdrant could not ...".
   * @param work returns what the client's method returns: `data` is the body
   * @returns `result` of the body
   * @throws ShelfmatchError SERVICE_UNAVAILABLE, SERVICE_DENIED, SERVICE_MISMATCH, SERVICE_BAD_ANSWER, TIMEOUT, BUSY,
   *   DISK_FULL, CANCELLED, SETTINGS_INVALID
   */
  call<T>(
    what: string,
    schema: z.ZodType<T>,
    work: (api: QdrantApi, signal: AbortSignal) => Promise<{ data: unknown }>,
    options?: CallOptions,
  ): Promise<T>;
  /** The same past the breaker, for health. */
  probe<T>(
    what: string,
    schema: z.ZodType<T>,
    work: (api: QdrantApi, signal: AbortSignal) => Promise<{ data: unknown }>,
  ): Promise<T>;
  remote(): RemoteHealth;
}

/** `has_vector`, by which vectors are counted, came with it; query groups and named vectors are older. */
const OLDEST = [1, 13] as const;
const versionSchema = z.object({ title: z.string(), version: z.string().regex(/^\d+\.\d+/) });
/** What every answer is wrapped in. Made once: zod compiles each schema at its first use. */
const envelope = z.object({ result: z.unknown() });
const CONNECTIONS = 16;

/** Codes after which the key is read and the version is asked for again: another server may be there now. */
const RECONNECT = new Set(["SERVICE_UNAVAILABLE", "SERVICE_DENIED", "SERVICE_MISMATCH", "SERVICE_BAD_ANSWER"]);

/** The client library behind a deadline, a breaker and a check of every reply. Connects when it is first needed. */
export function connectQdrant({ url: address, apiKeyFile, deadlineMs }: Config["qdrant"]): QdrantConnection {
  const url = new URL(address);
  const service = createRemoteService({
    name: "Qdrant",
    address: url.host,
    deadlineMs,
    concurrency: CONNECTIONS,
    translate: toServiceError,
  });
  let connected: Promise<QdrantApi> | null = null;
  let version: string | null = null;

  async function connect(): Promise<QdrantApi> {
    const key = apiKeyFile === null ? null : await readSecretFile(apiKeyFile, "qdrant.apiKeyFile");
    const api = new QdrantClient({
      url: `${url.protocol}//${url.host}`,
      // An address without a port means the scheme's own, as everywhere else; the client would take 6333.
      port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
      prefix: url.pathname.replace(/\/+$/, ""),
      // As a header: given as `apiKey`, the client writes a warning to the console where the scheme is http.
      ...(key === null ? {} : { headers: { "api-key": key } }),
      // Deadlines are the service's; the client's own would take the place of the caller's signal.
      timeout: Number.POSITIVE_INFINITY,
      checkCompatibility: false,
      maxConnections: CONNECTIONS,
    }).api();
    const { data } = await api.root({}, { signal: AbortSignal.timeout(deadlineMs) });
    const found = versionSchema.parse(data).version;
    const [major = 0, minor = 0] = found.split(".").map((part) => Number.parseInt(part, 10));
    version = found;
    if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
      throw new ShelfmatchError(
        "SERVICE_MISMATCH",
        `Qdrant at ${url.host} is version ${found}; Shelfmatch needs ${OLDEST.join(".")} or later. Update the server, one minor version after the other.`,
        { details: { version: found, oldest: OLDEST.join(".") } },
      );
    }
    return api;
  }

  function connectOnce(): Promise<QdrantApi> {
    const connecting = connect();
    connected = connecting;
    connecting.catch(() => {
      if (connected === connecting) connected = null;
    });
    return connecting;
  }

  function guarded<T>(
    schema: z.ZodType<T>,
    work: (api: QdrantApi, signal: AbortSignal) => Promise<{ data: unknown }>,
  ): (signal: AbortSignal) => Promise<T> {
    return async (signal) => {
      const mine = connected ?? connectOnce();
      const api = await mine;
      try {
        const { data } = await work(api, signal);
        return schema.parse(envelope.parse(data).result);
      } catch (error) {
        const code = toServiceError(error, service.status())?.code;
        if (code !== undefined && RECONNECT.has(code) && connected === mine) connected = null;
        throw error;
      }
    };
  }

  return {
    call: (what, schema, work, options) => service.call(what, guarded(schema, work), options),
    probe: (what, schema, work) => service.probe(what, guarded(schema, work)),
    remote: () => ({ ...service.status(), version }),
  };
}
