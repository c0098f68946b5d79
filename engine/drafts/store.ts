import type { DatabaseSync } from "node:sqlite";
import type { PictureWords } from "../../shared/contract/describe.ts";
import { parseWords } from "../describe/kept.ts";

export interface StoredDraft {
  sku: string;
  /** Content hash of the picture that the model was shown. */
  picture: string;
  /** Fingerprint. */
  describer: string;
  words: PictureWords;
  description: string;
  /** Milliseconds since the epoch. */
  time: number;
}

/** Drafts that wait for a person, and what a person did not want. In the database of descriptions. */
export interface DraftStore {
  /** Oldest first. */
  waiting(offset: number, limit: number): StoredDraft[];
  count(): number;
  get(sku: string): StoredDraft | null;
  put(draft: StoredDraft): void;
  /** Remembers that this describer's draft of this picture was not wanted. */
  reject(sku: string): void;
  remove(sku: string): void;
  /** Whether a draft waits, or this describer's of this picture was rejected. */
  settled(sku: string, picture: string, describer: string): boolean;
}

function toDraft(row: Record<string, unknown>): StoredDraft | null {
  const words = parseWords(row.words);
  if (words === null) return null;
  const { sku, picture, describer, description, time } = row;
  return {
    ...{ sku: String(sku), picture: String(picture), describer: String(describer) },
    ...{ words, description: String(description), time: Number(time) },
  };
}

export function openDraftStore(db: DatabaseSync): DraftStore {
  const select = db.prepare("SELECT * FROM drafts WHERE state = 'waiting' ORDER BY time, sku LIMIT ? OFFSET ?");
  const count = db.prepare("SELECT count(*) AS n FROM drafts WHERE state = 'waiting'");
  const one = db.prepare("SELECT * FROM drafts WHERE sku = ? AND state = 'waiting'");
  const insert = db.prepare(
    "INSERT OR REPLACE INTO drafts (sku, picture, describer, words, description, time, state) VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
  );
  const reject = db.prepare("UPDATE drafts SET state = 'rejected' WHERE sku = ?");
  const remove = db.prepare("DELETE FROM drafts WHERE sku = ?");
  const settled = db.prepare(
    "SELECT 1 FROM drafts WHERE sku = ? AND (state = 'waiting' OR (picture = ? AND describer = ?))",
  );
  return {
    waiting: (offset, limit) => select.all(limit, offset).flatMap((row) => toDraft(row) ?? []),
    count: () => Number(count.get()?.n),
    get(sku) {
      const row = one.get(sku);
      return row === undefined ? null : toDraft(row);
    },
    put({ sku, picture, describer, words, description, time }) {
      insert.run(sku, picture, describer, JSON.stringify(words), description, time);
    },
    reject: (sku) => void reject.run(sku),
    remove: (sku) => void remove.run(sku),
    settled: (sku, picture, describer) => settled.get(sku, picture, describer) !== undefined,
  };
}
