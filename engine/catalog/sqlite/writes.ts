import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Product, ProductDraft } from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { statement } from "../../lib/sqlite.ts";
import { checkUnchanged, fieldChanges } from "../changes.ts";
import type { By, ChangeOptions, UpsertDone, UpsertEntry } from "../port.ts";
import { recordChange } from "./changes.ts";
import { nextRevision } from "./index-state.ts";
import {
  addPictureRow,
  dropUnused,
  findPicture,
  isUpload,
  keepPictures,
  type OwnPicture,
  originText,
  ownPictures,
  setPictures,
} from "./picture-rows.ts";
import {
  isSameDraft,
  PRODUCT_COLUMNS,
  PRODUCT_SOURCE,
  type ProductColumns,
  type ProductRow,
  parseRow,
  toColumns,
  toProducts,
} from "./rows.ts";

/** Changes of products. Each runs inside the caller's transaction, after the files of its pictures were written. */

export interface Written<T> {
  result: T;
  /** Pictures that no product has any more: their files may go once the transaction is through. */
  unused: string[];
}

export function findRow(db: DatabaseSync, sku: string): ProductRow | null {
  const row = statement(db, `SELECT ${PRODUCT_COLUMNS} FROM ${PRODUCT_SOURCE} WHERE sku = ?`).get(sku);
  return row === undefined ? null : parseRow(row);
}

/** @throws ShelfmatchError PRODUCT_NOT_FOUND */
export function needRow(db: DatabaseSync, sku: string): ProductRow {
  const row = findRow(db, sku);
  if (row !== null) return row;
  throw new ShelfmatchError(
    "PRODUCT_NOT_FOUND",
    `There is no product with the SKU "${sku}" in the catalogue. Check the SKU, or add the product.`,
    { details: { sku } },
  );
}

export function upsertProduct(db: DatabaseSync, entry: UpsertEntry): Written<UpsertDone | ShelfmatchError> {
  const columns = toColumns(entry.draft);
  const refusal = barcodeOwner(db, columns) ?? missingPicture(db, entry);
  if (refusal !== null) return { result: refusal, unused: [] };
  for (const picture of entry.pictures) if (isUpload(picture)) addPictureRow(db, picture);

  const existing = findRow(db, entry.draft.sku);
  const before = existing === null ? [] : ownPictures(db, existing.id);
  const after = picturesAfter(entry, before);
  if (existing === null) {
    insertProduct(db, columns, after);
    if (entry.times !== undefined) setTimes(db, entry.draft.sku, entry.times);
    if (isRecorded(entry)) recordChange(db, entry.draft.sku, "added", [], entry.by);
    return { result: { product: toProduct(db, entry.draft.sku), outcome: "added" }, unused: [] };
  }
  const samePictures = JSON.stringify(after) === JSON.stringify(before);
  if (samePictures && isSameDraft(existing, columns)) {
    return { result: { product: toProduct(db, entry.draft.sku), outcome: "unchanged" }, unused: [] };
  }
  const was = isRecorded(entry) ? toProduct(db, entry.draft.sku) : null;
  changeProduct(db, existing.id, columns);
  if (!samePictures) setPictures(db, existing.id, after);
  if (entry.times !== undefined) setTimes(db, entry.draft.sku, entry.times);
  if (entry.keepGone === true) keepGone(db, existing, before, after);
  const unused = dropGone(db, before, after);
  const product = toProduct(db, entry.draft.sku);
  if (was !== null) recordFields(db, was, product, entry.by);
  return { result: { product, outcome: "changed" }, unused };
}

/** A copy of another catalogue's product has no history here, unless somebody says whose it is. */
const isRecorded = ({ times, by }: UpsertEntry) => times === undefined || by !== undefined;

function recordFields(db: DatabaseSync, before: Product, after: Product, by: By | undefined): void {
  const fields = fieldChanges(before, after);
  if (fields.length > 0) recordChange(db, after.sku, "changed", fields, by);
}

/** Pictures that leave stay stored, so that their history can bring them back. */
function keepGone(
  db: DatabaseSync,
  row: ProductRow,
  before: readonly OwnPicture[],
  after: readonly OwnPicture[],
): void {
  const still = new Set(after.map(({ hash }) => hash));
  const gone = before.map(({ hash }) => hash).filter((hash) => !still.has(hash));
  if (gone.length === 0) return;
  const id = randomUUID();
  statement(db, "INSERT INTO bin (id, kind, sku, name, time) VALUES (?, 'pictures', ?, ?, ?)").run(
    ...[id, row.sku, row.name, new Date().toISOString()],
  );
  keepPictures(db, id, gone);
}

/** What is said of a picture where it is named goes before what its product says of it; that stays otherwise. */
function picturesAfter({ pictures, otherPictures }: UpsertEntry, before: readonly OwnPicture[]): OwnPicture[] {
  const known = new Map(before.map((picture) => [picture.hash, picture.origin]));
  const named = pictures.map((picture) => ({
    hash: picture.hash,
    origin: originText(picture) ?? known.get(picture.hash) ?? null,
  }));
  const kept = before.filter(
    ({ origin }) => otherPictures === "keep" || (otherPictures === "keep-confirmed" && origin !== null),
  );
  const all = new Map<string, OwnPicture>();
  for (const picture of [...named, ...kept]) if (!all.has(picture.hash)) all.set(picture.hash, picture);
  return [...all.values()];
}

function dropGone(db: DatabaseSync, before: readonly OwnPicture[], after: readonly OwnPicture[]): string[] {
  const still = new Set(after.map(({ hash }) => hash));
  return dropUnused(
    db,
    before.map(({ hash }) => hash).filter((hash) => !still.has(hash)),
  );
}

/** @throws ShelfmatchError PRODUCT_NOT_FOUND, BARCODE_TAKEN, PRODUCT_CHANGED */
export function updateProduct(
  db: DatabaseSync,
  sku: string,
  changes: Partial<Omit<ProductDraft, "sku">>,
  { by, expected }: ChangeOptions = {},
): void {
  const row = needRow(db, sku);
  const [present] = toProducts(db, [row]);
  if (present === undefined) return;
  checkUnchanged(present, expected);
  const columns = toColumns({ ...present, ...changes, sku });
  const refusal = barcodeOwner(db, columns);
  if (refusal !== null) throw refusal;
  if (isSameDraft(row, columns)) return;
  changeProduct(db, row.id, columns);
  recordFields(db, present, toProduct(db, sku), by);
}

/** Deletes the product and leaves a tombstone for the indexer. @returns the pictures that no product has any more */
export function deleteProduct(db: DatabaseSync, sku: string): string[] {
  const row = needRow(db, sku);
  const hashes = ownPictures(db, row.id).map(({ hash }) => hash);
  statement(db, "DELETE FROM products WHERE id = ?").run(row.id);
  statement(db, "DELETE FROM product_words WHERE rowid = ?").run(row.id);
  statement(db, "INSERT OR REPLACE INTO tombstones VALUES (?, ?)").run(sku, new Date().toISOString());
  return dropUnused(db, hashes);
}

/** Makes the product's pictures these. @returns the pictures that no product has any more */
export function changePictures(
  db: DatabaseSync,
  row: ProductRow,
  before: readonly OwnPicture[],
  after: readonly OwnPicture[],
  by?: By,
): string[] {
  const was = toProduct(db, row.sku);
  setPictures(db, row.id, after);
  touch(db, row.id);
  recordFields(db, was, toProduct(db, row.sku), by);
  return dropGone(db, before, after);
}

export function toProduct(db: DatabaseSync, sku: string): Product {
  const [product] = toProducts(db, [needRow(db, sku)]);
  if (product === undefined) throw new Error(`The row of ${sku} gave no product.`);
  return product;
}

function insertProduct(db: DatabaseSync, columns: ProductColumns, pictures: readonly OwnPicture[]): void {
  const now = new Date().toISOString();
  const row = { ...columns.row, revision: nextRevision(db), index_state: "pending", created_at: now, updated_at: now };
  const names = Object.keys(row);
  const { lastInsertRowid } = statement(
    db,
    `INSERT INTO products (${names.join(", ")}) VALUES (${names.map((name) => `:${name}`).join(", ")})`,
  ).run(row);
  const id = Number(lastInsertRowid);
  statement(db, "INSERT INTO product_texts VALUES (:id, :description, :attributes)").run({ id, ...columns.texts });
  addWords(db, id, columns);
  setPictures(db, id, pictures);
  // The SKU is back: its vectors are replaced when it is indexed, and must not be deleted after that.
  statement(db, "DELETE FROM tombstones WHERE sku = ?").run(columns.row.sku);
}

function changeProduct(db: DatabaseSync, id: number, columns: ProductColumns): void {
  const sets = Object.keys(columns.row).map((name) => `${name} = :${name}`);
  statement(db, `UPDATE products SET ${sets.join(", ")} WHERE id = :id`).run({ ...columns.row, id });
  statement(db, "UPDATE product_texts SET description = :description, attributes = :attributes WHERE id = :id").run({
    ...columns.texts,
    id,
  });
  statement(db, "DELETE FROM product_words WHERE rowid = ?").run(id);
  addWords(db, id, columns);
  touch(db, id);
}

function addWords(db: DatabaseSync, id: number, { row, texts }: ProductColumns): void {
  statement(
    db,
    "INSERT INTO product_words (rowid, sku, name, brand, category, description, barcode) VALUES (?, ?, ?, ?, ?, ?, ?)",
  ).run(
    id,
    row.sku,
    row.name,
    row.brand,
    row.category,
    texts.description,
    `${row.barcode ?? ""} ${row.barcode_key ?? ""}`,
  );
}

function touch(db: DatabaseSync, id: number): void {
  statement(
    db,
    "UPDATE products SET revision = ?, index_state = 'pending', index_reason = NULL, updated_at = ? WHERE id = ?",
  ).run(nextRevision(db), new Date().toISOString(), id);
}

function setTimes(db: DatabaseSync, sku: string, { createdAt, updatedAt }: NonNullable<UpsertEntry["times"]>): void {
  statement(db, "UPDATE products SET created_at = ?, updated_at = ? WHERE sku = ?").run(createdAt, updatedAt, sku);
}

function barcodeOwner(db: DatabaseSync, { row }: ProductColumns): ShelfmatchError | null {
  if (row.barcode_key === null) return null;
  const owner = statement(db, "SELECT sku, name FROM products WHERE barcode_key = ? AND sku <> ?").get(
    row.barcode_key,
    row.sku,
  );
  if (owner === undefined) return null;
  return new ShelfmatchError(
    "BARCODE_TAKEN",
    `Product "${row.sku}" can't have the barcode ${row.barcode}: it is that of "${String(owner.sku)}" (${String(owner.name)}). Correct one of the two.`,
    { details: { sku: row.sku, barcode: row.barcode, takenBy: String(owner.sku) } },
  );
}

function missingPicture(db: DatabaseSync, entry: UpsertEntry): ShelfmatchError | null {
  const missing = entry.pictures.find((picture) => !isUpload(picture) && findPicture(db, picture.hash) === null);
  if (missing === undefined) return null;
  return new ShelfmatchError(
    "PICTURE_NOT_FOUND",
    `Picture ${missing.hash} of product "${entry.draft.sku}" is not stored. Send the picture itself.`,
    { details: { hash: missing.hash } },
  );
}
