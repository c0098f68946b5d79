import type { DatabaseSync } from "node:sqlite";
import { type PictureWords, pictureWordsSchema } from "../../shared/contract/describe.ts";

/** Descriptions that are kept by the picture's content hash: a model's, of one fingerprint, and a person's corrections. */
export interface KeptDescriptions {
  /** A model's description by this describer; null where none is kept. */
  made(picture: string, describer: string): PictureWords | null;
  /** What can't be kept is said once: it costs the model's time again, and nothing else. */
  keep(picture: string, describer: string, words: PictureWords): void;
  corrected(picture: string): PictureWords | null;
  /** @param words null takes the correction back */
  correct(picture: string, words: PictureWords | null): void;
}

/** Models' descriptions that are kept at most: the ones that were used last. About 1 KB each. */
const MOST = 20_000;
const DAY_MS = 24 * 3_600_000;

interface KeptOptions {
  db: DatabaseSync;
  /** Days that a model's description is kept after its last use: as long as the journal keeps the runs. */
  days: number;
  onNotice(message: string): void;
}

/** What was stored is checked by schema when it is read: what is not of this version is as if it were not there. */
export function parseWords(stored: unknown): PictureWords | null {
  try {
    return pictureWordsSchema.parse(JSON.parse(String(stored)));
  } catch {
    return null;
  }
}

export function openKeptDescriptions({ db, days, onNotice }: KeptOptions): KeptDescriptions {
  db.prepare("DELETE FROM made WHERE used < ?").run(Date.now() - days * DAY_MS);
  const select = db.prepare("SELECT words FROM made WHERE picture = ? AND describer = ?");
  const touch = db.prepare("UPDATE made SET used = ? WHERE picture = ? AND describer = ?");
  const insert = db.prepare("INSERT OR REPLACE INTO made (picture, describer, words, used) VALUES (?, ?, ?, ?)");
  const count = db.prepare("SELECT count(*) AS n FROM made");
  const trim = db.prepare(
    "DELETE FROM made WHERE (picture, describer) IN (SELECT picture, describer FROM made ORDER BY used LIMIT ?)",
  );
  const selectCorrected = db.prepare("SELECT words FROM corrected WHERE picture = ?");
  const upsertCorrected = db.prepare("INSERT OR REPLACE INTO corrected (picture, words, time) VALUES (?, ?, ?)");
  const forget = db.prepare("DELETE FROM corrected WHERE picture = ?");
  let told = false;

  function write(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!told)
        onNotice(`Descriptions of pictures can't be kept (${error instanceof Error ? error.message : error}).`);
      told = true;
    }
  }

  return {
    made(picture, describer) {
      const row = select.get(picture, describer);
      if (row === undefined) return null;
      write(() => touch.run(Date.now(), picture, describer));
      return parseWords(row.words);
    },
    keep(picture, describer, words) {
      write(() => {
        insert.run(picture, describer, JSON.stringify(words), Date.now());
        const over = Number(count.get()?.n) - MOST;
        // A tenth at a time, so that not every description deletes one.
        if (over > 0) trim.run(over + MOST / 10);
      });
    },
    corrected(picture) {
      const row = selectCorrected.get(picture);
      return row === undefined ? null : parseWords(row.words);
    },
    correct(picture, words) {
      if (words === null) forget.run(picture);
      else upsertCorrected.run(picture, JSON.stringify(words), Date.now());
    },
  };
}
