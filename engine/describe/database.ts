import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ShelfmatchError } from "../../shared/errors.ts";
import { inTransaction, isCorruption, setDatabaseAside } from "../lib/sqlite.ts";
import { MIGRATIONS } from "./schema.ts";

const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the database of descriptions, making it or bringing it to the present shape. A damaged one is set aside, never
 * written to: it may hold what a person wrote.
 * @throws ShelfmatchError DATA_CORRUPT where a newer version of the app wrote it
 */
export function openDescriptionsDatabase(file: string, onNotice: (message: string) => void): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  try {
    return open(file);
  } catch (error) {
    if (!isCorruption(error) || !existsSync(file)) throw error;
    const aside = basename(setDatabaseAside(file));
    onNotice(
      `The descriptions of pictures in ${file} were damaged and are set aside as ${aside}. Those of the model are made again; corrections and drafts in there are not used any more.`,
    );
    return open(file);
  }
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    if (version > MIGRATIONS.length) {
      const message = `${file} was written by a newer version of Shelfmatch (${version}, this one knows ${MIGRATIONS.length}). Update the app; the file is left as it is.`;
      throw new ShelfmatchError("DATA_CORRUPT", message);
    }
    for (let next = version + 1; next <= MIGRATIONS.length; next += 1) {
      inTransaction(db, () => {
        db.exec(MIGRATIONS[next - 1] ?? "");
        db.exec(`PRAGMA user_version = ${next}`);
      });
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
