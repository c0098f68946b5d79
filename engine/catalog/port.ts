import type { BinEntry, BinQuery } from "../../shared/contract/bin.ts";
import type { ProductPage, ProductQuery } from "../../shared/contract/catalog.ts";
import type { IndexState, PictureOrigin, PictureRef, Product, ProductDraft } from "../../shared/contract/domain.ts";
import type { Decision } from "../../shared/contract/duplicates.ts";
import type { Change, ChangeSource } from "../../shared/contract/history.ts";
import type { SavedView } from "../../shared/contract/views.ts";
import type { ShelfmatchError } from "../../shared/errors.ts";
import type { RemoteHealth } from "../lib/remote/remote-service.ts";

/** Port of the catalogue: products, their pictures, their index state. Adapters: `sqlite/`; MongoDB joins behind it. */

export interface StoredPicture {
  bytes: Uint8Array;
  /** image/jpeg, image/png, ... by content. */
  mediaType: string;
}

/** Media type of every thumbnail. */
export const THUMBNAIL_TYPE = "image/jpeg";

export interface PictureUpload {
  bytes: Uint8Array;
  mediaType: string;
  /** SHA-256 hex of `bytes`. */
  hash: string;
  /** Pixels, after EXIF orientation. */
  width: number;
  height: number;
  /** Of the kind THUMBNAIL_TYPE, longest side at most 256 pixels. */
  thumbnail: Uint8Array;
  /** Of a confirmed photo. What the product has already keeps what is said of it there. */
  origin?: PictureOrigin;
}

/** Who changes a product, as its history names it. */
export interface By {
  source: ChangeSource;
  /** The bulk edit, import, run or decision that the change is a part of. */
  job?: string;
}

/** Left out: by hand. */
export const BY_HAND: By = { source: "edit" };

export interface ChangeOptions {
  by?: By;
  /** `updatedAt` of the product as the caller knows it; another one by now refuses the change. */
  expected?: string | undefined;
}

/** What an import says of one product. */
export interface UpsertEntry {
  draft: ProductDraft;
  /** In order. A reference stands for a picture that is stored already, so that it need not be decoded again. */
  pictures: readonly (PictureUpload | PictureRef)[];
  /**
   * What becomes of the product's pictures that are not named here: an import that could not read one keeps them, and
   * one that could keeps the confirmed photos, of which its file knows nothing.
   */
  otherPictures: "remove" | "keep" | "keep-confirmed";
  /** ISO 8601, where the product is a copy of another catalogue's; left out, it is new or changed now. */
  times?: { createdAt: string; updatedAt: string };
  /** Left out: by hand; of a copy with its times: no entry in its history. */
  by?: By;
  /** Pictures that leave the product stay stored for as long as the bin keeps them. */
  keepGone?: boolean;
}

export interface UpsertDone {
  product: Product;
  /** `unchanged`: all of it was there already, just so; nothing was written. */
  outcome: "added" | "changed" | "unchanged";
}

/** A product as the indexer needs it. */
export interface IndexJob {
  product: Product;
  /** Grows with every change of the product; `markIndexed` names it so that a newer change stays pending. */
  revision: number;
}

export interface CatalogHealth {
  state: "ready" | "degraded" | "down";
  detail: string;
  /** Where a service of the stack stands behind it. */
  remote?: RemoteHealth;
}

/** What was deleted, whole, for as long as it is kept. */
interface Bin {
  /** Takes products out of the catalogue into the bin, in one step; those that exist. */
  discard(skus: readonly string[], by?: By): Promise<BinEntry[]>;
  /** Newest first. */
  bin(query: BinQuery): Promise<{ items: BinEntry[]; total: number }>;
  /** Ids of what a job deleted. */
  discardedBy(job: string): Promise<string[]>;
  /**
   * Puts products back as they were: pictures, their origins, variant group, times; `pending` until indexed.
   * @returns one answer an id, in order: PRODUCT_EXISTS, BARCODE_TAKEN, PRODUCT_NOT_FOUND where it is not in the bin
   */
  restore(ids: readonly string[], by?: By): Promise<(Product | ShelfmatchError)[]>;
  /** Deletes them for good, with the pictures that nothing else names. @returns how many there were */
  purge(ids: readonly string[]): Promise<number>;
  /** Forgets what is older, ISO 8601: of the bin, and of the history. */
  prune(before: { bin: string; changes: string }): Promise<void>;
}

/** What is shown of a product where all of them are shown at once. */
export type ProductOutline = Pick<Product, "sku" | "name" | "category" | "price" | "currency">;

/** Something that the bin keeps: a product that was deleted, or pictures that left one. */
export interface KeptEntry {
  id: string;
  kind: "product" | "pictures";
  sku: string;
  name: string;
  /** ISO 8601. */
  time: string;
  job: string | null;
  /** Whole; null of pictures. */
  product: Product | null;
  /** Hashes, in order. */
  pictures: string[];
}

/** What a copy of the catalogue takes over beside its products. */
interface Takeover {
  /** All that the bin keeps, by id. @param after id of the last one that is known */
  keptEntries(after: string | null, limit: number): Promise<KeptEntry[]>;
  /**
   * Puts entries into the bin as they are; one that is there already stays.
   * @param uploads pictures of theirs that are not stored here yet; a picture that is neither stays missing
   */
  takeOverBin(entries: readonly KeptEntry[], uploads: readonly PictureUpload[]): Promise<void>;
  /** Oldest first. @param after id of the last one that is known */
  allChanges(after: number, limit: number): Promise<Change[]>;
  /**
   * Adds another catalogue's history. A change keeps its id, unless this catalogue gave that to another one; one that is
   * there already is not added again. Changes made from now on have greater ids than all of them.
   */
  takeOverChanges(changes: readonly Change[]): Promise<void>;
}

/** What became of the products. */
interface History {
  /** Newest first, of a product or of a job. */
  changes(query: { sku?: string; job?: string; before?: number | undefined; limit: number }): Promise<Change[]>;
  change(id: number): Promise<Change | null>;
}

/** Saved filters. */
interface Views {
  /** By name. */
  views(): Promise<SavedView[]>;
  /** One of the same id is replaced. */
  putView(view: SavedView): Promise<void>;
  removeView(id: string): Promise<void>;
}

export interface Catalog extends Bin, History, Views, Takeover {
  /** Facets are empty where the query does not ask for them. */
  list(query: ProductQuery): Promise<ProductPage>;
  /** SKUs of the products that fit, in the query's order, whatever its page. */
  skus(query: ProductQuery, window: { offset: number; limit: number }): Promise<string[]>;
  /** @throws ShelfmatchError PRODUCT_NOT_FOUND */
  get(sku: string): Promise<Product>;
  /** The ones that exist, in the order asked. */
  getMany(skus: readonly string[]): Promise<Product[]>;
  /** Accepts EAN-13 and its UPC-A form alike; null where no product has it. */
  findByBarcode(barcode: string): Promise<Product | null>;
  /**
   * Adds a product, durable with its pictures when it resolves, `pending` until indexed.
   * @throws ShelfmatchError PRODUCT_EXISTS, BARCODE_TAKEN, DISK_FULL
   */
  create(draft: ProductDraft, pictures: readonly PictureUpload[]): Promise<Product>;
  /** @throws ShelfmatchError PRODUCT_NOT_FOUND, BARCODE_TAKEN, PRODUCT_CHANGED */
  update(sku: string, changes: Partial<Omit<ProductDraft, "sku">>, options?: ChangeOptions): Promise<Product>;
  /**
   * Import's write: adds or changes by SKU, all entries in one durable step. An entry that can't go in is answered with
   * its error (BARCODE_TAKEN; PICTURE_NOT_FOUND for a reference to a picture that is no longer stored) and leaves the
   * others alone.
   * @returns one answer an entry, in order
   * @throws ShelfmatchError DISK_FULL, and then no entry went in
   */
  upsert(entries: readonly UpsertEntry[]): Promise<(UpsertDone | ShelfmatchError)[]>;
  /** For good; see `discard`. @throws ShelfmatchError PRODUCT_NOT_FOUND */
  delete(sku: string): Promise<void>;
  /** @throws ShelfmatchError PRODUCT_NOT_FOUND */
  addPicture(sku: string, picture: PictureUpload, by?: By): Promise<Product>;
  /**
   * Makes the product's pictures these, in this order. Those that leave stay stored for as long as the bin keeps them.
   * @throws ShelfmatchError PRODUCT_NOT_FOUND, PICTURE_NOT_FOUND, PRODUCT_CHANGED
   */
  setPictures(
    sku: string,
    pictures: readonly (PictureUpload | PictureRef)[],
    options?: ChangeOptions,
  ): Promise<Product>;
  /** @throws ShelfmatchError PRODUCT_NOT_FOUND, PICTURE_NOT_FOUND */
  removePicture(sku: string, hash: string): Promise<Product>;
  /** @throws ShelfmatchError PICTURE_NOT_FOUND */
  picture(hash: string, size: "thumbnail" | "full"): Promise<StoredPicture>;
  /** Reference of a picture whose bytes are stored whole, else null: an import need not decode a stored one again. */
  pictureRef(hash: string): Promise<PictureRef | null>;

  /**
   * Makes the products variants of one another, as this group, or takes them out of theirs; nothing is indexed anew.
   * @throws ShelfmatchError PRODUCT_NOT_FOUND, and then nothing changes
   */
  setVariantGroup(skus: readonly string[], group: string | null): Promise<void>;
  /** Products of the group, by SKU. */
  inVariantGroup(group: string): Promise<Product[]>;
  /** Keeps what a person decided about products; one of the same id is replaced. */
  addDecision(decision: Decision): Promise<void>;
  /** All of them, newest first. */
  decisions(): Promise<Decision[]>;
  removeDecision(id: string): Promise<void>;

  /** Products whose present revision was neither indexed nor failed yet, oldest change first. */
  pending(limit: number): Promise<IndexJob[]>;
  /** The same for products named, whatever their state; those that exist, in the order asked. */
  jobs(skus: readonly string[]): Promise<IndexJob[]>;
  /** No effect where the product has changed since `revision`, or is gone. */
  markIndexed(done: readonly { sku: string; revision: number }[]): Promise<void>;
  markFailed(sku: string, revision: number, reason: string): Promise<void>;
  /** Makes every product (or these) pending again: a new encoder, or a lost index. */
  markAllPending(skus?: readonly string[]): Promise<void>;
  /** SKUs deleted from the catalogue whose vectors may still be in the index. */
  deletedSkus(): Promise<string[]>;
  forgetDeleted(skus: readonly string[]): Promise<void>;
  counts(): Promise<Record<IndexState, number> & { total: number }>;
  allSkus(): Promise<string[]>;
  /**
   * Outlines of all products by SKU, in the order of its code units' bytes, page by page; neither texts nor pictures
   * are read for them. @param after SKU of the last one that is known
   */
  outlines(after: string | null, limit: number): Promise<ProductOutline[]>;

  health(): Promise<CatalogHealth>;
  close(): Promise<void>;
}
