import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ShelfmatchError } from "../../shared/errors.ts";
import { SQLITE, sqliteResult } from "../lib/sqlite.ts";

/** One engine a data folder. The lock is the operating system's: it goes with its process, however that ends. */

const engineInfoSchema = z.object({
  pid: z.number().int(),
  /** Base address of the engine's web host, such as http://127.0.0.1:7860. */
  endpoint: z.url(),
  /** Makes its bearer a caller of this machine; readable by the data folder's owner only. */
  token: z.string().min(16),
  version: z.string(),
  /** Whether people may open its pages at the endpoint; otherwise it answers to the command line alone. */
  serves: z.boolean(),
  startedAt: z.iso.datetime(),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

export interface EngineLock {
  /** The token that this engine's web host must accept from other doors. */
  readonly token: string;
  /** Tells other doors where this engine answers. */
  publish(at: Pick<EngineInfo, "endpoint" | "version" | "serves">): void;
  /** Safe to call twice. */
  release(): void;
}

export type Acquired = { kind: "held"; lock: EngineLock } | { kind: "running"; engine: EngineInfo };

const LOCK_FILE = "engine.lock";
const INFO_FILE = "engine.json";

/** SQLITE_BUSY: another process, or another lock of this one, has it. */
function isBusy(error: unknown): boolean {
  return sqliteResult(error) === SQLITE.busy;
}

function tryLock(dataFolder: string): DatabaseSync | null {
  const db = new DatabaseSync(join(dataFolder, LOCK_FILE), { timeout: 0 });
  try {
    // A write-locked SQLite file: its lock (fcntl, LockFileEx) dies with the process, which a pid file's does not.
    db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return db;
  } catch (error) {
    db.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

function hold(db: DatabaseSync, dataFolder: string): EngineLock {
  const infoPath = join(dataFolder, INFO_FILE);
  // What a killed engine left behind must not be taken for this one's.
  rmSync(infoPath, { force: true });
  const token = randomBytes(32).toString("base64url");
  let held = true;
  return {
    token,
    publish(at) {
      const info: EngineInfo = { pid: process.pid, ...at, token, startedAt: new Date().toISOString() };
      const draft = `${infoPath}.${randomUUID()}.part`;
      writeFileSync(draft, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
      chmodSync(draft, 0o600);
      renameSync(draft, infoPath);
    },
    release() {
      if (!held) return;
      held = false;
      rmSync(infoPath, { force: true });
      db.close();
    },
  };
}

async function readInfo(dataFolder: string): Promise<EngineInfo | null> {
  try {
    return engineInfoSchema.parse(JSON.parse(await readFile(join(dataFolder, INFO_FILE), "utf8")));
  } catch (error) {
    // Not there yet: the engine is still starting.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new ShelfmatchError(
      "ENGINE_RUNNING",
      `An engine runs on ${dataFolder}, but its ${INFO_FILE} can't be read. End that engine, then try again.`,
      { cause: error },
    );
  }
}

/**
 * Takes the data folder for this process, or finds the engine that has it. An engine that is still starting is waited for.
 * @param waitMs how long, in milliseconds
 * @throws ShelfmatchError ENGINE_RUNNING where it has the folder and does not say where it answers
 */
export async function acquire(dataFolder: string, waitMs = 30_000): Promise<Acquired> {
  // Query photos show people and homes: a new folder is its owner's alone.
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const deadline = Date.now() + waitMs;
  for (;;) {
    const db = tryLock(dataFolder);
    if (db !== null) return { kind: "held", lock: hold(db, dataFolder) };
    const engine = await readInfo(dataFolder);
    if (engine !== null) return { kind: "running", engine };
    if (Date.now() >= deadline) {
      const message = `Another Shelfmatch engine is using ${dataFolder} and does not answer yet. Wait for it or end it, then try again.`;
      throw new ShelfmatchError("ENGINE_RUNNING", message, { retryable: true });
    }
    await sleep(100);
  }
}
