import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { productSchema } from "../../../shared/contract/domain.ts";
import type { Change } from "../../../shared/contract/history.ts";
import type { KeptEntry, PictureUpload } from "../port.ts";
import { newChanges } from "../takeover.ts";
import { COLUMNS, parseChange } from "./changes.ts";
import { nextRevision } from "./index-state.ts";
import { addPictureRow, findPicture, keepPictures } from "./picture-rows.ts";

/** Bin and history, taken over from another catalogue; what writes runs inside the caller's transaction. */

const entrySchema = z.object({
  id: z.string(),
  kind: z.enum(["product", "pictures"]),
  sku: z.string(),
  name: z.string(),
  time: z.string(),
  job: z.string().nullable(),
});

export function keptEntries(db: DatabaseSync, after: string | null, limit: number): KeptEntry[] {
  const rows = db
    .prepare("SELECT id, kind, sku, name, time, job, body FROM bin WHERE id > ? ORDER BY id LIMIT ?")
    .all(after ?? "", limit);
  const pictures = db.prepare("SELECT hash FROM bin_pictures WHERE bin_id = ? ORDER BY hash");
  return rows.map((row) => {
    const entry = entrySchema.parse(row);
    const product = row.body === null ? null : productSchema.parse(JSON.parse(String(row.body)));
    const kept = pictures.all(entry.id).map(({ hash }) => String(hash));
    return { ...entry, product, pictures: product?.pictures.map(({ hash }) => hash) ?? kept };
  });
}

export function takeOverBin(db: DatabaseSync, entries: readonly KeptEntry[], uploads: readonly PictureUpload[]): void {
  for (const picture of uploads) addPictureRow(db, picture);
  const insert = db.prepare(
    "INSERT OR IGNORE INTO bin (id, kind, sku, name, time, job, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  for (const { id, kind, sku, name, time, job, product, pictures } of entries) {
    insert.run(id, kind, sku, name, time, job, product === null ? null : JSON.stringify(product));
    keepPictures(
      db,
      id,
      pictures.filter((hash) => findPicture(db, hash) !== null),
    );
  }
}

export function allChanges(db: DatabaseSync, after: number, limit: number): Change[] {
  return db
    .prepare(`SELECT ${COLUMNS} FROM changes WHERE id > ? ORDER BY id LIMIT ?`)
    .all(after, limit)
    .map(parseChange);
}

export function takeOverChanges(db: DatabaseSync, changes: readonly Change[]): void {
  const last = Math.max(0, ...changes.map(({ id }) => id));
  db.prepare("UPDATE change_counter SET last = max(last, ?)").run(last);
  const select = (where: string, values: readonly (string | number)[]) =>
    db
      .prepare(`SELECT ${COLUMNS} FROM changes WHERE ${where} IN (SELECT value FROM json_each(?))`)
      .all(JSON.stringify(values))
      .map(parseChange);
  const ids = changes.map(({ id }) => id);
  const present = new Map(select("id", ids).map((change) => [change.id, change]));
  const { asTheyAre, renumbered } = newChanges(changes, present, (skus) => select("sku", skus));
  const insert = db.prepare(`INSERT INTO changes (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const write = (id: number, { sku, time, kind, source, job, fields }: Change) =>
    insert.run(id, sku, time, kind, source, job, JSON.stringify(fields));
  for (const change of asTheyAre) write(change.id, change);
  for (const change of renumbered) write(nextRevision(db), change);
}
