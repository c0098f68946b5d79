import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import { createRouterClient } from "@orpc/server";
import type { Contract } from "../../../shared/contract/contract.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { router } from "../../api/router.ts";
import type { EngineFactory, HostedEngine } from "../hosted-engine.ts";
import { hostOrFind } from "../hosted-engine.ts";
import type { EngineInfo } from "../lock.ts";
import { type Profile, profileOverride } from "./arguments.ts";
import { toFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { say } from "./io.ts";

export type Client = ContractRouterClient<Contract>;

/** A way to an engine: the running one of the data folder, or one that lives as long as this command. */
export interface Session {
  readonly client: Client;
  readonly dataFolder: string;
  readonly attached: boolean;
  /** Resolves when every product is indexed or has failed to be; `onPending` hears how many are left. */
  settled(signal: AbortSignal, onPending: (left: number) => void): Promise<void>;
  /**
   * Makes the call, and once more on another engine where the one that it went to has ended: one that belongs to
   * another command ends with it. For calls that may run twice.
   */
  lasting<T>(call: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** In place of the settings' own. */
  profile?: Profile | undefined;
  createEngine?: EngineFactory | undefined;
}

/** One engine, for as long as it is there. */
type Connection = Pick<Session, "client" | "attached" | "close">;

/** Engines that may end under one call. */
const ENGINES_A_CALL = 4;
const POLL_MS = 300;
const ATTEMPTS = 40;

async function answers({ endpoint }: EngineInfo): Promise<boolean> {
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

async function pendingGone(client: Client, signal: AbortSignal, onPending: (left: number) => void): Promise<void> {
  for (;;) {
    const { total } = await client.catalog.list({ indexState: "pending", pageSize: 1 }, { signal });
    onPending(total);
    if (total === 0) return;
    await sleep(POLL_MS, null, { signal });
  }
}

function attach({ endpoint, token }: EngineInfo): Connection {
  const link = new RPCLink({ url: `${endpoint}/rpc`, headers: { authorization: `Bearer ${token}` } });
  return { client: createORPCClient(link), attached: true, close: async () => {} };
}

export function inProcess({ services, config, close }: HostedEngine): Session {
  const caller = { local: true, sameMachine: true };
  const uploadFolder = join(config.dataFolder, "uploads");
  const client: Client = createRouterClient(router, { context: { services, settings: config, caller, uploadFolder } });
  return {
    client,
    dataFolder: config.dataFolder,
    attached: false,
    settled: (signal, onPending) => pendingGone(client, signal, onPending),
    lasting: (call) => call(client),
    close,
  };
}

/**
 * @throws ShelfmatchError ENGINE_RUNNING where an engine has the folder and does not answer; SETTINGS_INVALID, ...
 */
export async function openSession(
  io: Io,
  dataFolder: string,
  { profile, createEngine }: SessionOptions = {},
): Promise<Session> {
  const open = () => connectOrHost(io, dataFolder, profile, createEngine);
  let current = await open();
  let renewing: Promise<void> | null = null;
  /** Calls side by side lose their engine together, and must not start one each. */
  const renew = (gone: Client) => {
    if (gone !== current.client) return renewing;
    renewing ??= open()
      .then((next) => {
        current = next;
      })
      .finally(() => {
        renewing = null;
      });
    return renewing;
  };
  async function lasting<T>(call: (client: Client) => Promise<T>): Promise<T> {
    for (let engines = 1; ; engines++) {
      const { client } = current;
      try {
        return await call(client);
      } catch (error) {
        if (engines === ENGINES_A_CALL || toFailure(error).code !== "ENGINE_GONE") throw error;
        await renew(client);
      }
    }
  }
  return {
    dataFolder,
    get client() {
      return current.client;
    },
    get attached() {
      return current.attached;
    },
    lasting,
    settled: (signal, onPending) => lasting((client) => pendingGone(client, signal, onPending)),
    close: () => current.close(),
  };
}

/** The other profile's answers would be taken for this one's. @throws ShelfmatchError ENGINE_RUNNING */
async function inProfile(connection: Connection, dataFolder: string, wanted: Profile | undefined): Promise<Connection> {
  if (wanted === undefined) return connection;
  const { profile } = await connection.client.system.health();
  if (profile === wanted) return connection;
  const message = `An engine runs on ${dataFolder} in the ${profile} profile. End it, or leave --profile ${wanted} out.`;
  throw new ShelfmatchError("ENGINE_RUNNING", message);
}

async function connectOrHost(
  io: Io,
  dataFolder: string,
  profile: Profile | undefined,
  createEngine: EngineFactory | undefined,
): Promise<Connection> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await hostOrFind({
      dataFolder,
      env: io.env,
      serves: false,
      overrides: profileOverride(profile),
      onNotice: (message) => say(io, message),
      ...(createEngine === undefined ? {} : { createEngine }),
    });
    if (found.kind === "hosted") return inProcess(found.engine);
    if (await answers(found.engine)) return inProfile(attach(found.engine), dataFolder, profile);
    // The engine is just ending, or what it left is about to be replaced by the next one's.
    await sleep(250, null, { signal: io.signal });
  }
  const message = `An engine has ${dataFolder} and does not answer. End it, then run the command again.`;
  throw new ShelfmatchError("ENGINE_RUNNING", message, { retryable: true });
}
