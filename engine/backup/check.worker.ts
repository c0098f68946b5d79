import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

/** Asks SQLite whether files are sound: it reads all of them, which would hold the event loop. */

function damageOf(file: string): string | null {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      const verdict = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
      return verdict === "ok" ? null : String(verdict);
    } finally {
      db.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const files = workerData as readonly string[];
const bad = files.map((file) => ({ file, reason: damageOf(file) })).find(({ reason }) => reason !== null);
parentPort?.postMessage(bad ?? null);
