import { setTimeout as sleep } from "node:timers/promises";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import { createRouterClient } from "@orpc/server";
import type { Contract } from "../../../shared/contract/contract.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { router } from "../../api/router.ts";
import type { EngineFactory, HostedEngine } from "../hosted-engine.ts";
import { hostOrReach, localContext } from "../hosted-engine.ts";
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

export function inProcess(engine: HostedEngine): Session {
  const client: Client = createRouterClient(router, { context: localContext(engine) });
  return {
    client,
    dataFolder: engine.config.dataFolder,
    attached: false,
    settled: (signal, onPending) => pendingGone(client, signal, onPending),
    lasting: (call) => call(client),
    close: engine.close,
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
  const options = {
    ...{ dataFolder, env: io.env, serves: false, overrides: profileOverride(profile) },
    onNotice: (message: string) => say(io, message),
    ...(createEngine === undefined ? {} : { createEngine }),
  };
  const found = await hostOrReach(options, io.signal);
  return found.kind === "hosted" ? inProcess(found.engine) : inProfile(attach(found.engine), dataFolder, profile);
}
