import { type ClientSession, type Db, MongoClient, MongoServerSelectionError, ReadConcern } from "mongodb";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { readSecretFile } from "../../config/secret-file.ts";
import { type CallOptions, createRemoteService, type RemoteHealth } from "../remote/remote-service.ts";
import { diagnose, hostsOf, mismatchOf } from "./diagnose.ts";
import { isBadPassword, translateMongo } from "./errors.ts";

const NAME = "MongoDB";
const CONCURRENCY = 32;
/** How long a server is looked for, at most: one that is down must not cost every call its whole deadline. */
const SELECTION_MS = 2_000;
/** How long each server is asked by itself then, why it was not selected. */
const DIAGNOSIS_MS = 1_000;
const HEALTH_MS = 5_000;

/** Acknowledged is what a majority of the replica set has in its journal on disk. */
const DURABLE = { w: "majority", journal: true } as const;

/** One client of a MongoDB database, shared by catalogue and journal. */
export interface MongoConnection {
  /** Hosts and database, without credentials; for messages. */
  readonly address: string;
  /** Milliseconds that a call may take. */
  readonly deadlineMs: number;
  /**
   * Runs one call. Reads see, and writes are acknowledged with, what a majority has.
   * @throws ShelfmatchError SERVICE_UNAVAILABLE, SERVICE_DENIED, SERVICE_MISMATCH, SERVICE_BAD_ANSWER, SETTINGS_INVALID,
   *   TIMEOUT, DISK_FULL, BUSY, CANCELLED
   */
  call<T>(what: string, work: (db: Db, signal: AbortSignal) => Promise<T>, options?: CallOptions): Promise<T>;
  /**
   * Runs one call as one step, on one snapshot: all of it or none. `work` may run several times, where another writer
   * was in the way; it must not run two operations of the session at once.
   */
  transaction<T>(what: string, work: (db: Db, session: ClientSession) => Promise<T>): Promise<T>;
  /** Asks the server, past the breaker. */
  health(): Promise<{ failure: ShelfmatchError | null; remote: RemoteHealth }>;
  close(): Promise<void>;
}

/**
 * Nothing is asked of the server here: the first call connects, and every later one does where that failed. The password
 * is read from its file at each connecting, so that a changed one needs no restart.
 */
export function connectMongo(settings: Config["mongo"]): MongoConnection {
  const { url, database, username, passwordFile, deadlineMs } = settings;
  const address = `${hostsOf(url)}/${database}`;
  const selectionMs = Math.min(SELECTION_MS, Math.ceil(deadlineMs / 3));
  const service = createRemoteService({
    ...{ name: NAME, address, deadlineMs, concurrency: CONCURRENCY, translate: translateMongo },
  });
  let connecting: Promise<MongoClient> | null = null;
  let closed = false;
  let version: string | null = null;

  async function connect(): Promise<MongoClient> {
    const password = passwordFile === null ? null : await readSecretFile(passwordFile, "mongo.passwordFile");
    const client = createClient(password);
    try {
      await client.connect();
      const admin = client.db("admin");
      const [hello, build] = await Promise.all([admin.command({ hello: 1 }), admin.command({ buildInfo: 1 })]);
      version = String(build.version);
      const mismatch = mismatchOf(hello, version, `${NAME} at ${address}`);
      if (mismatch !== null) throw mismatch;
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  function createClient(password: string | null): MongoClient {
    try {
      return new MongoClient(url, {
        appName: "shelfmatch",
        maxPoolSize: CONCURRENCY + 2,
        serverSelectionTimeoutMS: selectionMs,
        connectTimeoutMS: selectionMs,
        // A connection whose answer nobody waits for any more is given up with it.
        socketTimeoutMS: deadlineMs,
        ignoreUndefined: true,
        ...(username === null ? {} : { auth: { username, ...(password === null ? {} : { password }) } }),
      });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `mongo.url can't be used: ${reason}. Correct it in the settings.`;
      throw new ShelfmatchError("SETTINGS_INVALID", message, { details: { path: "mongo.url" }, cause });
    }
  }

  async function client(): Promise<MongoClient> {
    if (closed) throw new ShelfmatchError("CANCELLED", `The connection to ${NAME} is closed.`);
    if (connecting === null) {
      const attempt = connect();
      connecting = attempt;
      attempt.catch(() => {
        if (connecting === attempt) connecting = null;
      });
    }
    return connecting;
  }

  /** The error as it is told; on the way, a client whose password has changed goes. */
  async function understood(error: unknown): Promise<unknown> {
    if (error instanceof MongoServerSelectionError) {
      const reason = await diagnose(url, error, NAME, Math.min(selectionMs, DIAGNOSIS_MS));
      return reason ?? error;
    }
    const told = translateMongo(error, { name: NAME, address });
    if (isBadPassword(error)) await disconnect();
    return told ?? error;
  }

  async function disconnect(): Promise<void> {
    const leaving = connecting;
    connecting = null;
    await leaving?.then((open) => open.close()).catch(() => undefined);
  }

  const databaseOf = (open: MongoClient) =>
    open.db(database, { readConcern: new ReadConcern("majority"), writeConcern: DURABLE, readPreference: "primary" });

  async function using<T>(work: (open: MongoClient) => Promise<T>): Promise<T> {
    try {
      return await work(await client());
    } catch (error) {
      throw await understood(error);
    }
  }

  return {
    address,
    deadlineMs,
    call: (what, work, options) =>
      service.call(what, (signal) => using((open) => work(databaseOf(open), signal)), options),
    transaction: (what, work) =>
      service.call(what, (signal) =>
        using((open) =>
          open.withSession((session) =>
            session.withTransaction(
              async () => {
                signal.throwIfAborted();
                const result = await work(databaseOf(open), session);
                // Nobody waits any more, and the caller was told that it failed: it must not go in after that.
                signal.throwIfAborted();
                return result;
              },
              { readConcern: { level: "snapshot" }, writeConcern: DURABLE, readPreference: "primary" },
            ),
          ),
        ),
      ),
    async health() {
      let failure: ShelfmatchError | null = null;
      try {
        const limitMs = Math.min(deadlineMs, HEALTH_MS);
        const build = await service.probe(
          "answer",
          () => using((open) => open.db("admin").command({ buildInfo: 1 })),
          limitMs,
        );
        version = String(build.version);
      } catch (error) {
        if (!(error instanceof ShelfmatchError)) throw error;
        failure = error;
      }
      return { failure, remote: { ...service.status(), version } };
    },
    async close() {
      closed = true;
      await disconnect();
    },
  };
}
