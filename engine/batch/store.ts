import type { DatabaseSync } from "node:sqlite";
import {
  BATCH_PAGE,
  type BatchDecisionAnswer,
  type BatchFilter,
  type BatchItem,
  type BatchSort,
} from "../../shared/contract/batch.ts";
import { type MatchResult, matchResultSchema } from "../../shared/contract/match.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { inTransaction } from "../lib/sqlite.ts";
import { conditionOf, orderOf } from "./filter.ts";
import { type Counts, type StoredBatch, type StoredItem, toBatch, toCounts, toItem, toStoredItem } from "./rows.ts";

/** Everything that is kept of batches; what is written is on disk when the call returns. */

export interface NewItem {
  file: string;
  version: string;
  stored: string | null;
  /** Why it can't be matched, where that is known already. */
  error?: { code: string; message: string };
}

type Decision = { answer: BatchDecisionAnswer; product: NonNullable<BatchItem["decision"]>["product"] };

export type StoredBatchChange = Partial<
  Pick<StoredBatch, "status" | "watch" | "listed" | "finished" | "removed" | "problem" | "swept">
>;

/** Points of a candidate that are kept: what the eye needs to see where two pictures agree. */
const KEPT_POINTS = 60;

export function batchNotFound(id: string): ShelfmatchError {
  const message = `There is no batch ${id}. It may have been deleted; the Batch page lists those that there are.`;
  return new ShelfmatchError("BATCH_NOT_FOUND", message, { details: { id } });
}

function itemNotFound(item: number): ShelfmatchError {
  const message = `The batch has no item ${item}. Its numbers begin at 1.`;
  return new ShelfmatchError("BATCH_NOT_FOUND", message, { details: { item } });
}

/** The answer as it is kept: of a hundred thousand, the points of every candidate would take gigabytes. */
function toBody(result: MatchResult): string {
  const matches = result.matches.map((match, at) => ({
    ...match,
    points: at === 0 ? match.points.slice(0, KEPT_POINTS) : [],
  }));
  return JSON.stringify({ ...result, matches });
}

export function openBatchStore(db: DatabaseSync) {
  db.exec("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL");
  const sql = {
    batch: db.prepare("SELECT * FROM batches WHERE id = ?"),
    list: db.prepare("SELECT * FROM batches WHERE removed IS NULL ORDER BY time DESC"),
    counts: db.prepare(
      "SELECT state, verdict, answer, count(*) AS n FROM items WHERE batch = ? GROUP BY state, verdict, answer",
    ),
    insert: db.prepare(
      "INSERT INTO batches (id, name, kind, folder, watch, listed, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    last: db.prepare("SELECT coalesce(max(item), 0) AS last FROM items WHERE batch = ?"),
    add: db.prepare(
      "INSERT INTO items (batch, item, file, version, stored, state, error) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (batch, file, version) DO NOTHING",
    ),
    mended: db.prepare(
      `UPDATE items SET version = ?, state = 'waiting', run_id = NULL, hash = NULL, error = NULL
       WHERE batch = ? AND file = ? AND version <> ? AND state = 'failed' AND stored IS NULL`,
    ),
    waitingBatches: db.prepare(
      `SELECT id FROM batches WHERE removed IS NULL AND status = 'active'
       AND EXISTS (SELECT 1 FROM items WHERE items.batch = batches.id AND state = 'waiting') ORDER BY time`,
    ),
    claim: db.prepare(
      `UPDATE items SET state = 'running', run_id = coalesce(run_id, ?) WHERE rowid =
         (SELECT rowid FROM items WHERE batch = ? AND state = 'waiting' ORDER BY item LIMIT 1) RETURNING *`,
    ),
    open: db.prepare("SELECT 1 FROM items WHERE batch = ? AND state IN ('waiting', 'running') LIMIT 1"),
    interrupted: db.prepare("SELECT * FROM items WHERE state = 'running' ORDER BY batch, item"),
    unclaim: db.prepare("UPDATE items SET state = 'waiting' WHERE batch = ? AND item = ?"),
    hash: db.prepare("UPDATE items SET hash = ? WHERE batch = ? AND item = ?"),
    same: db.prepare(
      "SELECT item FROM items WHERE batch = ? AND hash = ? AND item <> ? AND state IN ('running', 'done', 'failed') ORDER BY item LIMIT 1",
    ),
    skip: db.prepare("UPDATE items SET state = 'skipped', run_id = NULL, same_as = ? WHERE batch = ? AND item = ?"),
    fail: db.prepare("UPDATE items SET state = 'failed', error = ? WHERE batch = ? AND item = ?"),
    finish: db.prepare(
      `UPDATE items SET state = 'done', run_id = ?, error = NULL, verdict = ?, confidence = ?, sku = ?, name = ?,
       price = ?, currency = ?, picture = ? WHERE batch = ? AND item = ?`,
    ),
    result: db.prepare("INSERT OR REPLACE INTO results VALUES (?, ?, ?)"),
    readResult: db.prepare("SELECT body FROM results WHERE batch = ? AND item = ?"),
    item: db.prepare("SELECT * FROM items WHERE batch = ? AND item = ?"),
    retryAll: db.prepare(
      "UPDATE items SET state = 'waiting', run_id = NULL, hash = NULL, error = NULL WHERE batch = ? AND state = 'failed'",
    ),
    retry: db.prepare(
      "UPDATE items SET state = 'waiting', run_id = NULL, hash = NULL, error = NULL WHERE batch = ? AND item = ? AND state = 'failed'",
    ),
    decide: db.prepare("UPDATE items SET answer = ?, decided = ?, decided_at = ? WHERE batch = ? AND item = ?"),
    files: db.prepare("SELECT file, version FROM items WHERE batch = ? ORDER BY item"),
    products: db.prepare(
      `SELECT sku, max(name) AS name, max(price) AS price, max(currency) AS currency, max(picture) AS picture,
       count(*) AS items, count(*) - count(answer) AS open
       FROM items WHERE batch = ? AND sku IS NOT NULL AND state = 'done' GROUP BY sku ORDER BY open DESC, items DESC, sku LIMIT 1000`,
    ),
    sweepable: db.prepare(
      `SELECT * FROM batches WHERE kind = 'upload' AND swept = 0 AND finished IS NOT NULL AND finished < ?
       AND status <> 'paused'`,
    ),
    purgeable: db.prepare("SELECT id FROM batches WHERE removed < ?"),
    purge: db.prepare("DELETE FROM batches WHERE id = ?"),
  };

  function find(id: string): StoredBatch | null {
    const row = sql.batch.get(id);
    return row === undefined || row.removed !== null ? null : toBatch(row);
  }
  function get(id: string): StoredBatch {
    const found = find(id);
    if (found === null) throw batchNotFound(id);
    return found;
  }

  return {
    list: (): StoredBatch[] => sql.list.all().map(toBatch),
    /** Null of a removed one as well. */
    find,
    /** @throws ShelfmatchError BATCH_NOT_FOUND, of a removed one as well */
    get,
    /** Whether something is to be matched, or being matched. */
    isOpen: (id: string): boolean => sql.open.get(id) !== undefined,
    counts: (id: string): Counts => toCounts(sql.counts.all(id)),
    create({
      id,
      name,
      kind,
      folder,
      watch,
      listed,
      time,
    }: Pick<StoredBatch, "id" | "name" | "kind" | "folder" | "watch" | "listed" | "time">): void {
      sql.insert.run(id, name, kind, folder, watch ? 1 : 0, listed ? 1 : 0, time);
    },
    change(id: string, changes: StoredBatchChange): void {
      for (const [column, value] of Object.entries(changes)) {
        const stored =
          typeof value === "boolean"
            ? Number(value)
            : column === "problem" && value !== null
              ? JSON.stringify(value)
              : value;
        db.prepare(`UPDATE batches SET ${column} = ? WHERE id = ?`).run(stored as string | number | null, id);
      }
    },
    /**
     * Files that are there already are passed over; one that could not be matched and was written again since takes its
     * old place.
     * @returns how many are to be told of
     */
    add(id: string, items: readonly NewItem[]): number {
      return inTransaction(db, () => {
        let last = Number(sql.last.get(id)?.last);
        const before = last;
        let mended = 0;
        for (const { file, version, stored, error } of items) {
          if (error === undefined && Number(sql.mended.run(version, id, file, version).changes) > 0) {
            mended++;
            continue;
          }
          const said = error === undefined ? null : JSON.stringify(error);
          const { changes } = sql.add.run(
            id,
            last + 1,
            file,
            version,
            stored,
            said === null ? "waiting" : "failed",
            said,
          );
          last += Number(changes);
        }
        return last - before + mended;
      });
    },
    /** Batches that have something to match, oldest first. */
    waiting: (): string[] => sql.waitingBatches.all().map((row) => String(row.id)),
    /** The next item, from now on at work under its run's id. @returns null where none is waiting */
    claim(id: string, runId: string): StoredItem | null {
      const row = sql.claim.get(runId, id);
      return row === undefined ? null : toStoredItem(row);
    },
    /** At work when the engine ended. */
    interrupted: (): StoredItem[] => sql.interrupted.all().map(toStoredItem),
    unclaim: ({ batch, item }: StoredItem): void => void sql.unclaim.run(batch, item),
    /** Notes what the item holds. @returns the item before it that holds the same, or null */
    identify({ batch, item }: StoredItem, hash: string): number | null {
      sql.hash.run(hash, batch, item);
      const same = sql.same.get(batch, hash, item);
      return same === undefined ? null : Number(same.item);
    },
    skip: ({ batch, item }: StoredItem, sameAs: number): void => void sql.skip.run(sameAs, batch, item),
    fail({ batch, item }: StoredItem, error: { code: string; message: string }): void {
      sql.fail.run(JSON.stringify(error), batch, item);
    },
    finish({ batch, item }: StoredItem, result: MatchResult): void {
      const [best] = result.matches;
      inTransaction(db, () => {
        sql.finish.run(
          ...([result.runId, result.verdict, best?.confidence ?? null, best?.sku ?? null, best?.name ?? null] as const),
          ...([best?.price ?? null, best?.currency ?? null, best?.picture ?? null, batch, item] as const),
        );
        sql.result.run(batch, item, toBody(result));
      });
    },
    /** @throws ShelfmatchError BATCH_NOT_FOUND */
    item(id: string, item: number): BatchItem & Pick<StoredItem, "stored"> {
      const row = sql.item.get(id, item);
      if (row === undefined) throw itemNotFound(item);
      return { ...toItem(row), stored: row.stored === null ? null : String(row.stored) };
    },
    /** @returns null where it was not matched, or what was kept is none of this version's */
    result(id: string, item: number): MatchResult | null {
      const row = sql.readResult.get(id, item);
      if (row === undefined) return null;
      return matchResultSchema.safeParse(JSON.parse(String(row.body))).data ?? null;
    },
    /** In the order of the numbers; those that there are not are left out. */
    items(id: string, items: readonly number[]): BatchItem[] {
      const marks = items.map(() => "?").join(", ");
      const rows = db.prepare(`SELECT * FROM items WHERE batch = ? AND item IN (${marks})`);
      const found = new Map(rows.all(id, ...items).map((row) => [Number(row.item), toItem(row)]));
      return items.flatMap((item) => found.get(item) ?? []);
    },
    order(id: string, filter: BatchFilter, sort: BatchSort): number[] {
      const { where, values } = conditionOf(filter);
      const rows = db.prepare(`SELECT item FROM items WHERE batch = ?${where} ORDER BY ${orderOf(sort)}`);
      return rows.all(id, ...values).map((row) => Number(row.item));
    },
    /** Every item, a page at a time, so that the event loop turns in between. */
    *pages(id: string): Generator<BatchItem[]> {
      const rows = db.prepare("SELECT * FROM items WHERE batch = ? AND item > ? ORDER BY item LIMIT ?");
      for (let last = 0; ; ) {
        const page = rows.all(id, last, BATCH_PAGE).map(toItem);
        if (page.length === 0) return;
        yield page;
        last = page.at(-1)?.item ?? last;
      }
    },
    /** @returns how many are tried once more */
    retry(id: string, items: readonly number[] | undefined): number {
      if (items === undefined) return Number(sql.retryAll.run(id).changes);
      return items.reduce((sum, item) => sum + Number(sql.retry.run(id, item).changes), 0);
    },
    decide(id: string, item: number, decision: Decision | null): void {
      const product = decision?.product == null ? null : JSON.stringify(decision.product);
      sql.decide.run(decision?.answer ?? null, product, decision === null ? null : Date.now(), id, item);
    },
    /** The version of each file that the batch knows; of several, the last. */
    files: (id: string): Map<string, string> =>
      new Map(sql.files.all(id).map((row) => [String(row.file), String(row.version)])),
    products: (id: string) =>
      sql.products.all(id).map((row) => ({
        product: {
          ...{
            sku: String(row.sku),
            name: String(row.name),
            picture: row.picture === null ? null : String(row.picture),
          },
          price: row.price === null ? null : String(row.price),
          currency: row.currency === null ? null : String(row.currency),
        },
        ...{ items: Number(row.items), open: Number(row.open) },
      })),
    /** Whose uploaded pictures are past their time. */
    sweepable: (before: number): StoredBatch[] => sql.sweepable.all(before).map(toBatch),
    /** Removed before that. */
    purgeable: (before: number): string[] => sql.purgeable.all(before).map((row) => String(row.id)),
    purge: (id: string): void => void sql.purge.run(id),
    /** @returns whether it was there, removed */
    unremove: (id: string): boolean =>
      Number(db.prepare("UPDATE batches SET removed = NULL WHERE id = ? AND removed IS NOT NULL").run(id).changes) > 0,
  };
}

export type BatchStore = ReturnType<typeof openBatchStore>;
