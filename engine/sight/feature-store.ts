import { existsSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export interface FeatureStore {
  /** Local features of a catalogue picture, as the verification of this version wrote them; null where not kept. */
  get(hash: string): Uint8Array | null;
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

/**
 * Keeps the local features of catalogue pictures by content hash: extracting them costs several passes of the encoder.
 * A cache and nothing more: a damaged file is thrown away.
 * @param version of the features' format and detector; others are dropped
 */
export function openFeatureStore(file: string, version: string, onNotice: (message: string) => void): FeatureStore {
  let db: DatabaseSync;
  try {
    db = open(file, version);
  } catch (error) {
    onNotice(
      `The cache of local features ${file} could not be used (${error instanceof Error ? error.message : String(error)}) and is made anew.`,
    );
    for (const suffix of ["", "-wal", "-shm"]) if (existsSync(file + suffix)) rmSync(file + suffix);
    db = open(file, version);
  }
  const select = db.prepare("SELECT bytes FROM features WHERE hash = ?");
  const insert = db.prepare("INSERT OR REPLACE INTO features (hash, version, bytes) VALUES (?, ?, ?)");
  return {
    get(hash) {
      const bytes = select.get(hash)?.bytes;
      return bytes instanceof Uint8Array ? bytes : null;
    },
    set(hash, features) {
      insert.run(hash, version, features);
    },
    async close() {
      db.close();
    },
  };
}
