import { rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { type Config, configSchema } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { assertGuarded } from "../../config/loopback.ts";
import { readSecretFile } from "../../config/secret-file.ts";
import type { EngineServices } from "../../services.ts";
import { createApp } from "./app.ts";

export interface WebHostOptions {
  services: EngineServices;
  config: LoadedConfig;
  version: string;
  /** Lets other doors of this machine in (`EngineLock.token`); null where none attaches. */
  engineToken?: string | null;
  /** Answers to callers with a token only, the engine's own or the configured one, wherever it listens. */
  closed?: boolean;
  /** In place of server.host and server.port of the configuration. */
  host?: string;
  port?: number;
  /** The built pages; `dist/renderer` of the checkout unless told otherwise. */
  rendererFolder?: string;
}

export interface WebHost {
  /** Base address without a slash at its end, such as http://127.0.0.1:7860: one that this machine can reach. */
  url: string;
  /** Stops listening, lets calls end for a moment, then cuts what is left. */
  close(): Promise<void>;
}

const RENDERER = join(import.meta.dirname, "../../../dist/renderer");
/** An import's upload may take long; a request that does not even send its head may not. */
const REQUEST_TIMEOUT_MS = 3_600_000;
const GRACE_MS = 1500;

async function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const next =
        "Choose another (`npm start -- --port 7861`, or the setting server.port), or end the program that has it.";
      const reason = cause.code === "EADDRINUSE" ? `port ${port} is taken. ${next}` : `${cause.message}.`;
      const message = `The web host can't listen on ${host}: ${reason}`;
      reject(new ShelfmatchError("SETTINGS_INVALID", message, { cause, details: { host, port } }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** @throws ShelfmatchError SETTINGS_INVALID */
async function tokenOf({ token, tokenFile }: Config["server"]): Promise<string | null> {
  if (token !== null || tokenFile === null) return token;
  const secret = await readSecretFile(tokenFile, "server.tokenFile");
  if (configSchema.safeParse({ server: { token: secret } }).success) return secret;
  const message = `The token in ${tokenFile} (server.tokenFile) is too short: put 16 characters or more there.`;
  throw new ShelfmatchError("SETTINGS_INVALID", message, { details: { path: "server.tokenFile" } });
}

/** The address under which this machine reaches a host that listens on `host`. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::" || host === "[::]") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/**
 * Starts the web host: pages, /rpc, /api/v1, its document and page, /healthz, /metrics.
 * @throws ShelfmatchError SETTINGS_INVALID where the address is taken, or open to other machines without a token
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { config } = options;
  const host = (options.host ?? config.current.server.host).replace(/^\[|\]$/g, "");
  assertGuarded({ ...config.current.server, host });
  const token = await tokenOf(config.current.server);
  const uploadFolder = join(config.dataFolder, "uploads");
  // Left by an engine that was killed; this one has the data folder now.
  await rm(uploadFolder, { recursive: true, force: true });
  const engineToken = options.engineToken ?? null;
  const app = await createApp({
    services: options.services,
    config,
    listens: host,
    auth: { engineToken, token: token ?? (options.closed ? engineToken : null) },
    version: options.version,
    uploadFolder,
    rendererFolder: options.rendererFolder ?? RENDERER,
  });
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const port = await listen(server, host, options.port ?? config.current.server.port);
  const url = `http://${reachable(host)}:${port}`;
  const message = `The web host answers at ${url}.`;
  options.services.journal.log({
    time: Date.now(),
    level: "info",
    component: "http",
    runId: null,
    message,
    data: null,
  });
  return {
    url,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}
