import type { DatabaseSync } from "node:sqlite";
import { type Decision, decisionSchema } from "../../../shared/contract/duplicates.ts";
import { inTransaction } from "../../lib/sqlite.ts";
import { needRow } from "./writes.ts";

/** What a person decided about products that look alike. */

/** @throws ShelfmatchError PRODUCT_NOT_FOUND, and then nothing changes */
export function setVariantGroup(db: DatabaseSync, skus: readonly string[], group: string | null): void {
  inTransaction(db, () => {
    const set = db.prepare("UPDATE products SET variant_group = ? WHERE id = ?");
    for (const sku of skus) set.run(group, needRow(db, sku).id);
  });
}

export function skusInGroup(db: DatabaseSync, group: string): string[] {
  return db
    .prepare("SELECT sku FROM products WHERE variant_group = ? ORDER BY sku")
    .all(group)
    .map((row) => String(row.sku));
}

export function addDecision(db: DatabaseSync, decision: Decision): void {
  db.prepare("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)").run(
    decision.id,
    decision.time,
    JSON.stringify(decision),
  );
}

export function decisions(db: DatabaseSync): Decision[] {
  return db
    .prepare("SELECT body FROM decisions ORDER BY time DESC, id")
    .all()
    .map((row) => decisionSchema.parse(JSON.parse(String(row.body))));
}

export function removeDecision(db: DatabaseSync, id: string): void {
  db.prepare("DELETE FROM decisions WHERE id = ?").run(id);
}
