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
  /** Told, in a sentence for the user, of what could not be used as it was. */
  onNotice(message: string): void;
  createEngine?: EngineFactory;
}

export interface HostedEngine {
  services: EngineServices;
  config: LoadedConfig;
  url: string;
  /** Ends the web host, the engine and the hold on the data folder, in this order. */
  close(): Promise<void>;
}

/** Loaded when first needed: a command that attaches to a running engine does without the encoders' libraries. */
const shippedEngine: EngineFactory = async (options) => (await import("../engine.ts")).createEngine(options);

async function host(lock: EngineLock, options: HostOptions): Promise<HostedEngine> {
  const { dataFolder, env, overrides = {}, serves, onNotice, createEngine = shippedEngine } = options;
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
    if (serves) engine.warmUp?.().catch((error: unknown) => onNotice(`Warming up failed: ${String(error)}`));
    return { services, config, url: web.url, close };
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
