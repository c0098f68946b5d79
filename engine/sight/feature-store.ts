import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { isCorruption } from "../lib/sqlite.ts";

export interface FeatureStore {
  /** Local features of a catalogue picture, as the verification of this version wrote them; null where not kept. */
  get(hash: string): Uint8Array | null;
  /** What can't be kept is said once, and made again when it is wanted. */
  set(hash: string, features: Uint8Array): void;
  close(): Promise<void>;
}

function open(file: string, version: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    // What is lost here is computed again: speed before durability.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;");
    db.exec(
      "CREATE TABLE IF NOT EXISTS features (hash TEXT PRIMARY KEY, version TEXT NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID",
    );
    db.prepare("DELETE FROM features WHERE version <> ?").run(version);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openOrForget(file: string, version: string, onNotice: (message: string) => void): DatabaseSync {
  try {
    return open(file, version);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!isCorruption(error)) {
      onNotice(
        `The cache of local features ${file} can't be used (${reason}); until it can, they are kept in memory only.`,
      );
      return open(":memory:", version);
    }
    onNotice(`The cache of local features ${file} is damaged (${reason}) and is made anew.`);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
    return open(file, version);
  }
}

/**
 * Keeps the local features of catalogue pictures by content hash: extracting them costs several passes of the encoder.
 * A cache and nothing more: a damaged file is thrown away, and one that can't be opened costs only time.
 * @param version of the features' format and detector; others are dropped
 */
export function openFeatureStore(file: string, version: string, onNotice: (message: string) => void): FeatureStore {
  const db = openOrForget(file, version, onNotice);
  let told = false;
  const select = db.prepare("SELECT bytes FROM features WHERE hash = ?");
  const insert = db.prepare("INSERT OR REPLACE INTO features (hash, version, bytes) VALUES (?, ?, ?)");
  return {
    get(hash) {
      const bytes = select.get(hash)?.bytes;
      return bytes instanceof Uint8Array ? bytes : null;
    },
    set(hash, features) {
      try {
        insert.run(hash, version, features);
      } catch (error) {
        // A full disk: the comparison has its features, and the next one makes them again.
        if (!told)
          onNotice(
            `Local features can't be kept in ${file} (${error instanceof Error ? error.message : String(error)}).`,
          );
        told = true;
      }
    },
    async close() {
      db.close();
    },
  };
}
