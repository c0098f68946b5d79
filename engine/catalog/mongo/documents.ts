import { Decimal128, type Document, Double, Long, ObjectId } from "mongodb";
import { z } from "zod";
import {
  indexStateSchema,
  type PictureRef,
  type Product,
  type ProductDraft,
  pictureRefSchema,
} from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { barcodeKey } from "../barcode.ts";
import { sortKey } from "../fold.ts";
import { plainPrice } from "../money.ts";
import type { ProductOutline } from "../port.ts";
import { indexedText } from "./words.ts";

/** Products and pictures as the database holds them, checked when they are read back. */

/** A product as the driver hands it over: anything may be in it until it is parsed. */
export type ProductDocument = Document & { _id: string };

/** What a read of products leaves out: it serves the search for words only. */
export const WITHOUT_WORDS = { words: 0, wordLines: 0, nameKey: 0, unpriced: 0 } as const;

const storedProductSchema = z.object({
  _id: z.string(),
  name: z.string(),
  category: z.string(),
  /** Exact, and with the decimals that it was given: `12.50` stays `12.50`. */
  price: z.instanceof(Decimal128).nullable(),
  currency: z.string().nullable(),
  brand: z.string(),
  barcode: z.string().nullable(),
  barcodeKey: z.string().optional(),
  description: z.string(),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
  pictures: z.array(pictureRefSchema),
  variantGroup: z.string().optional(),
  revision: z.number(),
  indexState: indexStateSchema,
  indexReason: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type StoredProduct = z.infer<typeof storedProductSchema>;

const storedPictureSchema = z.object({
  _id: z.string(),
  /** The picture's file in GridFS. No two pictures, and no two uploads of one, ever share a file. */
  fileId: z.instanceof(ObjectId),
  mediaType: z.string(),
  width: z.number(),
  height: z.number(),
  bytes: z.number(),
});
export type StoredPicture = z.infer<typeof storedPictureSchema>;

export function parseProduct(document: unknown): StoredProduct {
  const parsed = storedProductSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw damaged("A product", parsed.error);
}

export function parsePicture(document: unknown): StoredPicture {
  const parsed = storedPictureSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw damaged("A picture", parsed.error);
}

function damaged(what: string, cause: z.ZodError): ShelfmatchError {
  const message = `${what} in MongoDB can't be read: it was not written by this version of Shelfmatch (${z.prettifyError(cause)}). Restore the database from a backup, or import the products again.`;
  return new ShelfmatchError("DATA_CORRUPT", message, { cause });
}

const storedOutlineSchema = storedProductSchema.pick({
  _id: true,
  name: true,
  category: true,
  price: true,
  currency: true,
});

export function toOutline(document: unknown): ProductOutline {
  const parsed = storedOutlineSchema.safeParse(document);
  if (!parsed.success) throw damaged("A product", parsed.error);
  const { _id: sku, price, ...rest } = parsed.data;
  return { sku, ...rest, price: price?.toString() ?? null };
}

export function toDraft(stored: StoredProduct): ProductDraft {
  return {
    sku: stored._id,
    name: stored.name,
    category: stored.category,
    price: stored.price?.toString() ?? null,
    currency: stored.currency,
    brand: stored.brand,
    barcode: stored.barcode,
    description: stored.description,
    attributes: Object.fromEntries(stored.attributes.map(({ name, value }) => [name, value])),
  };
}

export function toProduct(stored: StoredProduct): Product {
  return {
    ...toDraft(stored),
    pictures: stored.pictures,
    indexState: stored.indexState,
    indexReason: stored.indexReason,
    ...(stored.variantGroup === undefined ? {} : { variantGroup: stored.variantGroup }),
    createdAt: stored.createdAt.toISOString(),
    updatedAt: stored.updatedAt.toISOString(),
  };
}

/** The draft as the database holds it; equal drafts give equal documents. */
export function toStoredDraft(draft: ProductDraft) {
  const barcode = draft.barcode === "" ? null : draft.barcode;
  return {
    _id: draft.sku,
    name: draft.name,
    category: draft.category,
    price: draft.price === null ? null : Decimal128.fromString(plainPrice(draft.price)),
    currency: draft.currency,
    brand: draft.brand,
    barcode,
    // Left out where there is none: the index that keeps barcodes apart is sparse.
    ...(barcode === null ? {} : { barcodeKey: barcodeKey(barcode) }),
    description: draft.description,
    attributes: Object.entries(draft.attributes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value })),
  };
}
type StoredDraft = ReturnType<typeof toStoredDraft>;

export function isSameDraft(stored: StoredProduct, draft: StoredDraft): boolean {
  const comparable = (one: StoredProduct | StoredDraft) =>
    JSON.stringify([
      ...[one.name, one.category, one.price?.toString(), one.currency, one.brand, one.barcode, one.description],
      one.attributes,
    ]);
  return comparable(stored) === comparable(draft);
}

/** The whole document, with what sorting and searching need. Numbers have the kind that the collection's rules ask for. */
export function toDocument(stored: StoredProduct) {
  const { words, wordLines } = indexedText(toDraft(stored));
  return {
    ...stored,
    nameKey: sortKey(stored.name),
    unpriced: stored.price === null,
    revision: Long.fromNumber(stored.revision),
    words: words.map(({ word, weight }) => ({ word, weight: new Double(weight) })),
    wordLines,
  };
}

export function toRef({ _id, width, height, bytes }: StoredPicture): PictureRef {
  return { hash: _id, width, height, bytes };
}
