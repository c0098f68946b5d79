import type { BatchItem, BatchSummary } from "../../shared/contract/batch.ts";

/** What a batch and its items look like in the database, and what callers are told of them. */

type Row = Record<string, unknown>;

export interface StoredBatch {
  id: string;
  name: string;
  kind: "upload" | "folder";
  /** Absolute path of a folder that is read in place. */
  folder: string | null;
  watch: boolean;
  /** Whether the folder was read to its end once. */
  listed: boolean;
  status: "active" | "paused" | "cancelled" | "failed";
  /** All times in ms since the epoch. */
  time: number;
  finished: number | null;
  removed: number | null;
  problem: { code: string; message: string } | null;
  /** Whether its uploaded pictures are deleted. */
  swept: boolean;
}

export type Counts = Pick<BatchSummary, "total" | "waiting" | "done" | "failed" | "skipped" | "verdicts" | "decided">;

export interface StoredItem {
  batch: string;
  item: number;
  file: string;
  stored: string | null;
  runId: string | null;
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

export function toBatch(row: Row): StoredBatch {
  return {
    ...{ id: String(row.id), name: String(row.name), kind: row.kind === "folder" ? "folder" : "upload" },
    ...{ folder: text(row.folder), watch: row.watch === 1, listed: row.listed === 1 },
    status: String(row.status) as StoredBatch["status"],
    ...{ time: Number(row.time), finished: number(row.finished), removed: number(row.removed) },
    problem: row.problem === null ? null : JSON.parse(String(row.problem)),
    swept: row.swept === 1,
  };
}

export function toStoredItem(row: Row): StoredItem {
  return {
    ...{ batch: String(row.batch), item: Number(row.item), file: String(row.file) },
    ...{ stored: text(row.stored), runId: text(row.run_id) },
  };
}

export function toItem(row: Row): BatchItem {
  const best = text(row.sku);
  return {
    ...{ item: Number(row.item), file: String(row.file), state: String(row.state) as BatchItem["state"] },
    runId: text(row.run_id),
    verdict: text(row.verdict) as BatchItem["verdict"],
    confidence: number(row.confidence),
    best:
      best === null
        ? null
        : {
            ...{ sku: best, name: String(row.name), price: text(row.price), currency: text(row.currency) },
            picture: text(row.picture),
          },
    error: row.error === null ? null : JSON.parse(String(row.error)),
    sameAs: number(row.same_as),
    decision:
      row.answer === null
        ? null
        : {
            answer: String(row.answer) as NonNullable<BatchItem["decision"]>["answer"],
            product: row.decided === null ? null : JSON.parse(String(row.decided)),
            time: new Date(Number(row.decided_at)).toISOString(),
          },
  };
}

/** @param rows groups of items by `state`, `verdict` and `answer`, each with its number `n` */
export function toCounts(rows: readonly Row[]): Counts {
  const sum = (which: (row: Row) => boolean) => rows.filter(which).reduce((total, row) => total + Number(row.n), 0);
  const inState = (...states: string[]) => sum(({ state }) => states.includes(String(state)));
  const withVerdict = (wanted: string) => sum(({ state, verdict }) => state === "done" && verdict === wanted);
  const decided = (wanted: string) => sum(({ answer }) => answer === wanted);
  return {
    ...{ total: sum(() => true), waiting: inState("waiting", "running"), done: inState("done") },
    ...{ failed: inState("failed"), skipped: inState("skipped") },
    verdicts: { match: withVerdict("match"), similar: withVerdict("similar"), none: withVerdict("none") },
    decided: { right: decided("right"), this: decided("this"), absent: decided("absent") },
  };
}
