import type { DatabaseSync } from "node:sqlite";
import type { IndexState } from "../../../shared/contract/domain.ts";
import { inTransaction, statement } from "../../lib/sqlite.ts";
import type { IndexJob } from "../port.ts";
import { PRODUCT_COLUMNS, PRODUCT_SOURCE, type ProductRow, parseRow, rowsBySkus, toProducts } from "./rows.ts";

/** Which products the index has, and which deleted ones it may still have. */

/** The next revision; inside the transaction of the change that it numbers. */
export function nextRevision(db: DatabaseSync): number {
  return Number(statement(db, "UPDATE change_counter SET last = last + 1 RETURNING last").get()?.last);
}

export function pendingJobs(db: DatabaseSync, limit: number): IndexJob[] {
  const rows = statement(
    db,
    `SELECT ${PRODUCT_COLUMNS} FROM ${PRODUCT_SOURCE} WHERE index_state = 'pending' ORDER BY revision LIMIT ?`,
  )
    .all(limit)
    .map(parseRow);
  return toJobs(db, rows);
}

export function jobs(db: DatabaseSync, skus: readonly string[]): IndexJob[] {
  return toJobs(db, rowsBySkus(db, skus));
}

function toJobs(db: DatabaseSync, rows: readonly ProductRow[]): IndexJob[] {
  return toProducts(db, rows).map((product, at) => ({ product, revision: rows[at]?.revision ?? 0 }));
}

export function markIndexed(db: DatabaseSync, done: readonly { sku: string; revision: number }[]): void {
  inTransaction(db, () => {
    const mark = statement(
      db,
      "UPDATE products SET index_state = 'indexed', index_reason = NULL WHERE sku = ? AND revision = ?",
    );
    for (const { sku, revision } of done) mark.run(sku, revision);
  });
}

export function markFailed(db: DatabaseSync, sku: string, revision: number, reason: string): void {
  statement(db, "UPDATE products SET index_state = 'failed', index_reason = ? WHERE sku = ? AND revision = ?").run(
    reason,
    sku,
    revision,
  );
}

/** Gives new revisions, so that a job that is running now does not mark the product with what it made of the old one. */
export function markAllPending(db: DatabaseSync, skus: readonly string[] | undefined): void {
  inTransaction(db, () => {
    const last = Number(statement(db, "SELECT last FROM change_counter").get()?.last);
    const some = skus === undefined ? "" : "WHERE sku IN (SELECT value FROM json_each(:skus))";
    const named = skus === undefined ? {} : { skus: JSON.stringify(skus) };
    statement(
      db,
      `UPDATE products SET index_state = 'pending', index_reason = NULL, revision = :last + id ${some}`,
    ).run({
      last,
      ...named,
    });
    db.exec("UPDATE change_counter SET last = last + (SELECT coalesce(max(id), 0) FROM products)");
  });
}

export function deletedSkus(db: DatabaseSync): string[] {
  return statement(db, "SELECT sku FROM tombstones ORDER BY deleted_at, sku")
    .all()
    .map((row) => String(row.sku));
}

export function forgetDeleted(db: DatabaseSync, skus: readonly string[]): void {
  statement(db, "DELETE FROM tombstones WHERE sku IN (SELECT value FROM json_each(?))").run(JSON.stringify(skus));
}

export function counts(db: DatabaseSync): Record<IndexState, number> & { total: number } {
  const result = { pending: 0, indexed: 0, failed: 0, total: 0 };
  for (const row of statement(db, "SELECT index_state, count(*) AS n FROM products GROUP BY index_state").all()) {
    const state = String(row.index_state) as IndexState;
    result[state] = Number(row.n);
    result.total += result[state];
  }
  return result;
}
