import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type PictureRef, pictureOriginSchema } from "../../../shared/contract/domain.ts";
import { statement } from "../../lib/sqlite.ts";
import type { PictureUpload } from "../port.ts";

/** Rows of pictures, and which product has which. The files belong to `picture-files.ts`. */

const storedSchema = z.object({
  hash: z.string(),
  media_type: z.string(),
  width: z.number(),
  height: z.number(),
  bytes: z.number(),
  thumbnail_bytes: z.number(),
});
type StoredRow = z.infer<typeof storedSchema>;

export function findPicture(db: DatabaseSync, hash: string): StoredRow | null {
  const row = statement(
    db,
    "SELECT hash, media_type, width, height, bytes, thumbnail_bytes FROM pictures WHERE hash = ?",
  ).get(hash);
  return row === undefined ? null : storedSchema.parse(row);
}

/** A picture as a product has it. */
export interface OwnPicture {
  hash: string;
  /** JSON, see `originText`; null of a shop's own picture. */
  origin: string | null;
}

export function ownPictures(db: DatabaseSync, productId: number): OwnPicture[] {
  return statement(db, "SELECT hash, origin FROM product_pictures WHERE product_id = ? ORDER BY position")
    .all(productId)
    .map((row) => ({ hash: String(row.hash), origin: row.origin === null ? null : String(row.origin) }));
}

/** Equal origins give equal texts. */
export function originText({ origin }: Pick<PictureRef, "origin">): string | null {
  return origin === undefined ? null : JSON.stringify(pictureOriginSchema.parse(origin));
}

export function isUpload(picture: PictureUpload | PictureRef): picture is PictureUpload {
  return "mediaType" in picture;
}

export function addPictureRow(db: DatabaseSync, picture: PictureUpload): void {
  // A thumbnail made anew, by a newer encoder, may have another length: the row follows the file that was written.
  statement(
    db,
    `INSERT INTO pictures (hash, media_type, width, height, bytes, thumbnail_bytes) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (hash) DO UPDATE SET thumbnail_bytes = excluded.thumbnail_bytes`,
  ).run(
    picture.hash,
    picture.mediaType,
    picture.width,
    picture.height,
    picture.bytes.byteLength,
    picture.thumbnail.byteLength,
  );
}

/** Makes the product's pictures exactly these, in this order. */
export function setPictures(db: DatabaseSync, productId: number, pictures: readonly OwnPicture[]): void {
  statement(db, "DELETE FROM product_pictures WHERE product_id = ?").run(productId);
  const insert = statement(db, "INSERT INTO product_pictures (product_id, position, hash, origin) VALUES (?, ?, ?, ?)");
  for (const [position, { hash, origin }] of pictures.entries()) insert.run(productId, position, hash, origin);
}

/** Keeps pictures stored for as long as the bin's entry is there. */
export function keepPictures(db: DatabaseSync, binId: string, hashes: readonly string[]): void {
  const keep = statement(db, "INSERT OR IGNORE INTO bin_pictures VALUES (?, ?)");
  for (const hash of hashes) keep.run(binId, hash);
}

/** Removes the rows of those pictures that no product has any more, nor the bin. @returns the hashes whose files may go */
export function dropUnused(db: DatabaseSync, hashes: readonly string[]): string[] {
  return statement(
    db,
    `DELETE FROM pictures WHERE hash IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM product_pictures WHERE product_pictures.hash = pictures.hash)
       AND NOT EXISTS (SELECT 1 FROM bin_pictures WHERE bin_pictures.hash = pictures.hash) RETURNING hash`,
  )
    .all(JSON.stringify(hashes))
    .map((row) => String(row.hash));
}

/** Every stored picture's hash, for the sweep of orphaned files. */
export function allPictureHashes(db: DatabaseSync): Set<string> {
  return new Set(
    statement(db, "SELECT hash FROM pictures")
      .all()
      .map((row) => String(row.hash)),
  );
}
