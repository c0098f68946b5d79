import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { ApiContext } from "../api/context.ts";
import { endRestore } from "../backup/swap.ts";
import type { LoadedConfig } from "../config/load.ts";
import { loadConfig } from "../config/load.ts";
import type { EngineServices } from "../services.ts";
import { VERSION } from "../version.ts";
import { toFolderError } from "./folder-error.ts";
import { startWebHost } from "./http/server.ts";
import type { EngineInfo, EngineLock } from "./lock.ts";
import { acquire } from "./lock.ts";

/** An engine in this process, with the web host by which other doors reach it. */

/** What a host needs of `createEngine`. */
export type EngineFactory = (options: {
  dataFolder: string;
  config: LoadedConfig;
  onNotice(message: string): void;
}) => Promise<{ services: EngineServices; warmUp?(): Promise<void>; close(): Promise<void> }>;

export interface HostOptions {
  dataFolder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Settings of the command line, by dotted path. */
  overrides?: Readonly<Record<string, unknown>>;
  /** Open to people, at the configured address; otherwise to this machine's other doors alone, at a free port. */
  serves: boolean;
  /** Loads the models before the first call asks for them; as `serves` unless said. */
  warmsUp?: boolean;
  /** Told, in a sentence for the user, of what could not be used as it was. */
  onNotice(message: string): void;
  createEngine?: EngineFactory;
}

export interface HostedEngine {
  services: EngineServices;
  config: LoadedConfig;
  url: string;
  /** Lets other doors of this machine in there. */
  token: string;
  /** Ends the web host, the engine and the hold on the data folder, in this order. */
  close(): Promise<void>;
}

/** Loaded when first needed: a command that attaches to a running engine does without the encoders' libraries. */
const shippedEngine: EngineFactory = async (options) => (await import("../engine.ts")).createEngine(options);

async function host(lock: EngineLock, options: HostOptions): Promise<HostedEngine> {
  const { dataFolder, env, overrides = {}, serves, onNotice, createEngine = shippedEngine } = options;
  const { warmsUp = serves } = options;
  const closers: (() => Promise<void> | void)[] = [() => lock.release()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const restored = await endRestore(dataFolder);
    if (restored !== null) onNotice(restored);
    const config = await loadConfig({ dataFolder, env, overrides });
    for (const name of config.unknownVariables) onNotice(`The variable ${name} names no setting and is not used.`);
    const engine = await createEngine({ dataFolder, config, onNotice });
    closers.push(() => engine.close());
    const { services } = engine;
    const hidden = serves ? {} : { host: "127.0.0.1", port: 0, closed: true };
    const web = await startWebHost({ services, config, version: VERSION, engineToken: lock.token, ...hidden });
    closers.push(() => web.close());
    lock.publish({ endpoint: web.url, version: VERSION, serves });
    // Not waited for: the address is good before the last library is loaded.
    if (warmsUp) engine.warmUp?.().catch((error: unknown) => onNotice(`Warming up failed: ${String(error)}`));
    return { services, config, url: web.url, token: lock.token, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Starts an engine on the data folder, or finds the one that has it.
 * @throws ShelfmatchError SETTINGS_INVALID, ENGINE_RUNNING, DATA_CORRUPT, DISK_FULL, FILE_NOT_READABLE
 */
export async function hostOrFind(
  options: HostOptions,
): Promise<{ kind: "hosted"; engine: HostedEngine } | { kind: "running"; engine: EngineInfo }> {
  try {
    const acquired = await acquire(options.dataFolder);
    if (acquired.kind === "running") return acquired;
    return { kind: "hosted", engine: await host(acquired.lock, options) };
  } catch (error) {
    throw toFolderError(error, options.dataFolder);
  }
}

/** What the handlers get of a call from this process. */
export function localContext({ services, config }: HostedEngine): ApiContext {
  const caller = { local: true, sameMachine: true };
  return { services, settings: config, caller, uploadFolder: join(config.dataFolder, "uploads") };
}

const ATTEMPTS = 40;

/** Whether somebody listens there. */
export async function answers({ endpoint }: Pick<EngineInfo, "endpoint">): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) });
    const end = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.setTimeout(2000, () => end(false));
  });
}

/**
 * As `hostOrFind`, and the engine that was found does answer: one that is just ending is waited for.
 * @throws ShelfmatchError ENGINE_RUNNING where an engine has the folder and does not answer; what `hostOrFind` throws
 */
export async function hostOrReach(options: HostOptions, signal: AbortSignal): ReturnType<typeof hostOrFind> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await hostOrFind(options);
    if (found.kind === "hosted" || (await answers(found.engine))) return found;
    // The engine is just ending, or what it left is about to be replaced by the next one's.
    await sleep(250, null, { signal });
  }
  const message = `An engine has ${options.dataFolder} and does not answer. End it, then try again.`;
  throw new ShelfmatchError("ENGINE_RUNNING", message, { retryable: true });
}
