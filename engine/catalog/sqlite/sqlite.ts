import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { crashPoint } from "../../lib/crash-point.ts";
import { inTransaction, isCorruption } from "../../lib/sqlite.ts";
import { barcodeKey } from "../barcode.ts";
import { checkUnchanged } from "../changes.ts";
import { type Catalog, type PictureUpload, THUMBNAIL_TYPE } from "../port.ts";
import { databasesSetAside, openDatabase } from "./database.ts";
import * as variants from "./decisions.ts";
import { toCatalogError } from "./failures.ts";
import * as indexState from "./index-state.ts";
import { createKeeping } from "./keeping.ts";
import { openPictureFiles } from "./picture-files.ts";
import {
  addPictureRow,
  allPictureHashes,
  dropUnused,
  findPicture,
  isUpload,
  originText,
  ownPictures,
} from "./picture-rows.ts";
import { listProducts, listSkus } from "./query.ts";
import { outlines, rowsBySkus, toProducts } from "./rows.ts";
import { changePictures, deleteProduct, findRow, needRow, toProduct, updateProduct, upsertProduct } from "./writes.ts";

interface SqliteCatalogOptions {
  /** Where `catalog.sqlite`, `pictures/` and `thumbnails/` are; made where missing. */
  folder: string;
  /** What the user should know of the opening: a damaged database that was set aside. */
  onNotice?: (message: string) => void;
}

/**
 * Opens the catalogue of a folder. One process at a time writes to it (the engine's lock file sees to that).
 *
 * @throws ShelfmatchError DISK_FULL, BUSY, FILE_NOT_READABLE; DATA_CORRUPT only for a newer version's database - a
 *   damaged one is set aside and said through `onNotice` and `health`
 */
export async function openSqliteCatalog({ folder, onNotice }: SqliteCatalogOptions): Promise<Catalog> {
  const file = join(folder, "catalog.sqlite");
  let db: DatabaseSync;
  let files: Awaited<ReturnType<typeof openPictureFiles>>;
  let damage: string | null = null;
  try {
    await mkdir(folder, { recursive: true });
    files = await openPictureFiles(folder);
    const hasPictures = !(await files.isEmpty());
    const isLost = hasPictures && !existsSync(file);
    const opened = openDatabase(file, hasPictures);
    db = opened.db;
    if (isLost) {
      damage = `DATA_CORRUPT: the catalogue's database ${file} is gone, its pictures are still there. A fresh, empty catalogue was started: import your products again, or restore a backup in its place.`;
      onNotice?.(damage);
    }
    if (opened.setAside !== null) {
      damage = `DATA_CORRUPT: the catalogue's database was damaged. It is kept as ${join(folder, opened.setAside)}, and a fresh, empty catalogue was started: import your products again, or restore a backup in its place.`;
      onNotice?.(damage);
    }
    inTransaction(db, () => dropUnused(db, [...allPictureHashes(db)]));
    // A database that was set aside or lost may yet come back: its pictures are kept until then.
    const known = allPictureHashes(db);
    if (known.size > 0 && databasesSetAside(file).length === 0) await files.sweep(known);
  } catch (error) {
    throw toCatalogError(error, folder);
  }

  let queue: Promise<unknown> = Promise.resolve();
  /** One write at a time, so that no file is removed while another write is about to name it. */
  function write<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work).catch((error: unknown) => {
      if (isCorruption(error))
        damage = "DATA_CORRUPT: the database is damaged. Start Shelfmatch again: it sets it aside.";
      throw toCatalogError(error, folder);
    });
    queue = result.catch(() => undefined);
    return result;
  }
  async function read<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      if (isCorruption(error))
        damage = "DATA_CORRUPT: the database is damaged. Start Shelfmatch again: it sets it aside.";
      throw toCatalogError(error, folder);
    }
  }
  /** Files first, then the rows that name them; files that no row names in the end are removed. */
  async function writeWithPictures<T>(pictures: readonly PictureUpload[], rows: () => T): Promise<T> {
    try {
      await files.write(pictures);
      crashPoint("catalog.pictures-stored");
      const result = inTransaction(db, rows);
      crashPoint("catalog.rows-committed");
      return result;
    } finally {
      const hashes = pictures.map((picture) => picture.hash);
      await files.remove(hashes.filter((hash) => findPicture(db, hash) === null));
    }
  }

  return {
    list: (query) => read(() => listProducts(db, query)),
    skus: (query, window) => read(() => listSkus(db, query, window)),
    get: (sku) => read(() => toProduct(db, sku)),
    getMany: (skus) => read(() => toProducts(db, rowsBySkus(db, skus))),
    findByBarcode: (barcode) =>
      read(() => {
        const row = db.prepare("SELECT sku FROM products WHERE barcode_key = ?").get(barcodeKey(barcode));
        return row === undefined ? null : toProduct(db, String(row.sku));
      }),

    create: (draft, pictures) =>
      write(() =>
        writeWithPictures(pictures, () => {
          if (findRow(db, draft.sku) !== null) {
            throw new ShelfmatchError(
              "PRODUCT_EXISTS",
              `There is a product with the SKU "${draft.sku}" already. Change that one, or choose another SKU.`,
              { details: { sku: draft.sku } },
            );
          }
          const { result } = upsertProduct(db, { draft, pictures, otherPictures: "remove" });
          if (result instanceof ShelfmatchError) throw result;
          return result.product;
        }),
      ),
    update: (sku, changes, options) =>
      write(async () =>
        inTransaction(db, () => {
          updateProduct(db, sku, changes, options);
          return toProduct(db, sku);
        }),
      ),
    upsert: (entries) =>
      write(async () => {
        const uploads = entries.flatMap((entry) => entry.pictures.filter(isUpload));
        const written = await writeWithPictures(uploads, () => {
          const all = entries.map((entry) => upsertProduct(db, entry));
          // A later entry of the batch may have taken up what an earlier one dropped.
          return all.map(({ result, unused }) => ({
            result,
            unused: unused.filter((hash) => findPicture(db, hash) === null),
          }));
        });
        await files.remove(written.flatMap(({ unused }) => unused));
        return written.map(({ result }) => result);
      }),
    delete: (sku) =>
      write(async () => {
        const unused = inTransaction(db, () => deleteProduct(db, sku));
        crashPoint("catalog.rows-committed");
        await files.remove(unused);
      }),
    addPicture: (sku, picture, by) =>
      write(() =>
        writeWithPictures([picture], () => {
          const row = needRow(db, sku);
          const before = ownPictures(db, row.id);
          addPictureRow(db, picture);
          const { hash } = picture;
          if (!before.some((own) => own.hash === hash)) {
            changePictures(db, row, before, [...before, { hash, origin: originText(picture) }], by);
          }
          return toProduct(db, sku);
        }),
      ),
    setPictures: (sku, pictures, { by, expected } = {}) =>
      write(() =>
        writeWithPictures(pictures.filter(isUpload), () => {
          const present = toProduct(db, sku);
          checkUnchanged(present, expected);
          // What leaves is kept by the bin: no file goes.
          const entry = { draft: present, pictures, otherPictures: "remove" as const, keepGone: true };
          const { result } = upsertProduct(db, by === undefined ? entry : { ...entry, by });
          if (result instanceof ShelfmatchError) throw result;
          return result.product;
        }),
      ),
    removePicture: (sku, hash) =>
      write(async () => {
        const { product, unused } = inTransaction(db, () => {
          const row = needRow(db, sku);
          const before = ownPictures(db, row.id);
          if (!before.some((own) => own.hash === hash))
            throw pictureNotFound(hash, `Product "${sku}" has no picture ${hash}.`);
          const gone = changePictures(
            db,
            row,
            before,
            before.filter((other) => other.hash !== hash),
          );
          return { product: toProduct(db, sku), unused: gone };
        });
        crashPoint("catalog.rows-committed");
        await files.remove(unused);
        return product;
      }),
    async picture(hash, size) {
      const row = await read(() => findPicture(db, hash));
      if (row === null) throw pictureNotFound(hash, `There is no picture ${hash} in the catalogue.`);
      try {
        const mediaType = size === "thumbnail" ? THUMBNAIL_TYPE : row.media_type;
        return { bytes: await files.read(hash, size), mediaType };
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT"))
          throw toCatalogError(error, folder);
        throw pictureNotFound(
          hash,
          `The file of picture ${hash} is missing in ${folder}. Import its product again to bring it back.`,
        );
      }
    },
    async pictureRef(hash) {
      const row = await read(() => findPicture(db, hash));
      if (row === null) return null;
      const whole = await files.isWhole(hash, { full: row.bytes, thumbnail: row.thumbnail_bytes });
      return whole ? { hash, width: row.width, height: row.height, bytes: row.bytes } : null;
    },

    ...createKeeping({ db, files, read, write, writeWithPictures }),

    setVariantGroup: (skus, group) => write(async () => variants.setVariantGroup(db, skus, group)),
    inVariantGroup: (group) => read(() => toProducts(db, rowsBySkus(db, variants.skusInGroup(db, group)))),
    addDecision: (decision) => write(async () => variants.addDecision(db, decision)),
    decisions: () => read(() => variants.decisions(db)),
    removeDecision: (id) => write(async () => variants.removeDecision(db, id)),

    pending: (limit) => read(() => indexState.pendingJobs(db, limit)),
    jobs: (skus) => read(() => indexState.jobs(db, skus)),
    markIndexed: (done) => write(async () => indexState.markIndexed(db, done)),
    markFailed: (sku, revision, reason) => write(async () => indexState.markFailed(db, sku, revision, reason)),
    markAllPending: (skus) => write(async () => indexState.markAllPending(db, skus)),
    deletedSkus: () => read(() => indexState.deletedSkus(db)),
    forgetDeleted: (skus) => write(async () => indexState.forgetDeleted(db, skus)),
    counts: () => read(() => indexState.counts(db)),
    allSkus: () =>
      read(() =>
        db
          .prepare("SELECT sku FROM products ORDER BY sku")
          .all()
          .map((row) => String(row.sku)),
      ),

    outlines: (after, limit) => read(() => outlines(db, after, limit)),

    async health() {
      if (damage !== null) return { state: "degraded", detail: damage };
      try {
        const { total } = await read(() => indexState.counts(db));
        const kept = databasesSetAside(file);
        const aside = kept.length === 0 ? "" : ` An earlier, damaged database is kept as ${kept.join(", ")}.`;
        return { state: "ready", detail: `${total} products in ${file}.${aside}` };
      } catch (error) {
        return { state: "down", detail: error instanceof Error ? error.message : String(error) };
      }
    },
    async close() {
      await queue;
      try {
        // Statistics for the query planner: welcome, but no reason to stay open on a full disk.
        if (damage === null) db.exec("PRAGMA optimize");
      } catch (error) {
        onNotice?.(`The catalogue's statistics were not brought up to date: ${String(error)}`);
      } finally {
        db.close();
      }
    },
  };
}

function pictureNotFound(hash: string, message: string): ShelfmatchError {
  return new ShelfmatchError("PICTURE_NOT_FOUND", message, { details: { hash } });
}
