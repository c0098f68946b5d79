import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type BinEntry, type BinQuery, binEntrySchema } from "../../../shared/contract/bin.ts";
import { type Product, productSchema } from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { binEntryOf, entryToRestore, notInBin, skuIsBack } from "../bin.ts";
import type { By } from "../port.ts";
import { recordChange } from "./changes.ts";
import { dropUnused, keepPictures } from "./picture-rows.ts";
import { toProducts } from "./rows.ts";
import { deleteProduct, findRow, toProduct, upsertProduct } from "./writes.ts";

/** Deleted products, whole; each inside the caller's transaction. Their pictures stay stored for as long. */

export function discard(db: DatabaseSync, skus: readonly string[], by: By | undefined): BinEntry[] {
  return skus.flatMap((sku) => {
    const row = findRow(db, sku);
    const [product] = row === null ? [] : toProducts(db, [row]);
    if (product === undefined) return [];
    const entry = binEntryOf(randomUUID(), product, new Date().toISOString(), by?.job ?? null);
    db.prepare(
      "INSERT INTO bin (id, kind, sku, name, time, job, body) VALUES (:id, 'product', :sku, :name, :time, :job, :body)",
    ).run({
      ...{ id: entry.id, sku, name: product.name, time: entry.deletedAt, job: entry.job },
      body: JSON.stringify(product),
    });
    keepPictures(
      db,
      entry.id,
      product.pictures.map(({ hash }) => hash),
    );
    deleteProduct(db, sku);
    recordChange(db, sku, "deleted", [], by);
    return [entry];
  });
}

const SHOWN = `id, sku, name, time AS deletedAt, job, json_extract(body, '$.pictures[0].hash') AS picture,
  json_array_length(body, '$.pictures') AS pictures`;

export function binPage(db: DatabaseSync, { text, page, pageSize }: BinQuery): { items: BinEntry[]; total: number } {
  const like = `%${(text ?? "").trim().replace(/[\\%_]/g, "\\$&")}%`;
  const where =
    like === "%%"
      ? "WHERE kind = 'product'"
      : "WHERE kind = 'product' AND (sku LIKE :like ESCAPE '\\' OR name LIKE :like ESCAPE '\\')";
  const named: Record<string, string> = like === "%%" ? {} : { like };
  const items = db
    .prepare(`SELECT ${SHOWN} FROM bin ${where} ORDER BY time DESC, id LIMIT :limit OFFSET :offset`)
    .all({ ...named, limit: pageSize, offset: (page - 1) * pageSize })
    .map((row) => binEntrySchema.parse(row));
  return { items, total: Number(db.prepare(`SELECT count(*) AS n FROM bin ${where}`).get(named)?.n) };
}

export function discardedBy(db: DatabaseSync, job: string): string[] {
  return db
    .prepare("SELECT id FROM bin WHERE job = ? AND kind = 'product' ORDER BY time, id")
    .all(job)
    .map((row) => String(row.id));
}

export function restore(db: DatabaseSync, ids: readonly string[], by: By | undefined): (Product | ShelfmatchError)[] {
  return ids.map((id) => {
    const row = db.prepare("SELECT body FROM bin WHERE id = ? AND kind = 'product'").get(id);
    if (row === undefined) return notInBin(id);
    const product = productSchema.parse(JSON.parse(String(row.body)));
    const { sku, variantGroup } = product;
    if (findRow(db, sku) !== null) return skuIsBack(sku);
    const { result } = upsertProduct(db, entryToRestore(product));
    if (result instanceof ShelfmatchError) return result;
    if (variantGroup !== undefined)
      db.prepare("UPDATE products SET variant_group = ? WHERE sku = ?").run(variantGroup, sku);
    recordChange(db, sku, "restored", [], by);
    db.prepare("DELETE FROM bin WHERE id = ?").run(id);
    return toProduct(db, sku);
  });
}

/** @returns how many there were, and the pictures whose files may go */
export function purge(db: DatabaseSync, which: { ids: readonly string[] } | { before: string }) {
  const [where, value] =
    "ids" in which
      ? (["id IN (SELECT value FROM json_each(?)) AND kind = 'product'", JSON.stringify(which.ids)] as const)
      : (["time < ?", which.before] as const);
  const hashes = db
    .prepare(`SELECT DISTINCT hash FROM bin_pictures WHERE bin_id IN (SELECT id FROM bin WHERE ${where})`)
    .all(value)
    .map((row) => String(row.hash));
  const { changes } = db.prepare(`DELETE FROM bin WHERE ${where}`).run(value);
  return { purged: Number(changes), unused: dropUnused(db, hashes) };
}
