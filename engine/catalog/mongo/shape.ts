import type { Document } from "mongodb";
import type { PartShape } from "../../lib/mongo/shape.ts";

/** Collections of the catalogue: their rules and indexes. What changes here raises the version. */

export const PRODUCTS = "products";
export const PICTURES = "pictures";
/** What a person decided about products that look alike. */
export const DECISIONS = "decisions";
export const TOMBSTONES = "tombstones";
/** What became of the products. */
export const CHANGES = "changes";
/** What was deleted, for as long as it is kept. */
export const BIN = "bin";
/** Saved filters. */
export const VIEWS = "views";
/** Bucket of GridFS: `pictures.files` and `pictures.chunks`. */
export const BUCKET = "pictures";
/** Index that answers counts of categories, brands and states without reading a product. */
export const FACETS_INDEX = "facets";

const text = (maxLength: number) => ({ bsonType: "string", maxLength });
const nullable = (schema: Document) => ({ ...schema, bsonType: [schema.bsonType, "null"] });
const whole = { bsonType: ["int", "long"], minimum: 0 };
const hash = { bsonType: "string", pattern: "^[0-9a-f]{64}$" };
const object = (properties: Document, optional: readonly string[] = []) => ({
  bsonType: "object",
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
  properties,
});
const list = (items: Document) => ({ bsonType: "array", items });

/** Of a confirmed photo. */
const origin = object({ runId: { bsonType: "string" }, photo: hash, time: { bsonType: "string" } });

const product = object(
  {
    _id: { ...text(200), minLength: 1 },
    name: { ...text(500), minLength: 1 },
    nameKey: { bsonType: "string" },
    category: text(200),
    price: { bsonType: ["decimal", "null"], minimum: 0 },
    unpriced: { bsonType: "bool" },
    currency: nullable({ bsonType: "string", pattern: "^[A-Z]{3}$" }),
    brand: text(200),
    barcode: nullable(text(64)),
    barcodeKey: text(64),
    description: text(20_000),
    attributes: list(object({ name: { bsonType: "string" }, value: { bsonType: "string" } })),
    pictures: {
      ...list(object({ hash, width: whole, height: whole, bytes: whole, origin }, ["origin"])),
      uniqueItems: true,
    },
    words: list(object({ word: { bsonType: "string" }, weight: { bsonType: "double" } })),
    wordLines: { bsonType: "string" },
    variantGroup: { bsonType: "string" },
    revision: whole,
    indexState: { enum: ["pending", "indexed", "failed"] },
    indexReason: nullable({ bsonType: "string" }),
    createdAt: { bsonType: "date" },
    updatedAt: { bsonType: "date" },
  },
  ["barcodeKey", "variantGroup"],
);

const picture = object({
  _id: hash,
  fileId: { bsonType: "objectId" },
  mediaType: { bsonType: "string" },
  width: whole,
  height: whole,
  bytes: whole,
  thumbnail: { bsonType: "binData" },
  // Written by every change of who uses the picture, so that two such changes at once are one after the other.
  lastUse: whole,
});

export const CATALOG_SHAPE: PartShape = {
  part: "catalogue",
  version: 4,
  collections: [
    {
      name: PRODUCTS,
      schema: product,
      indexes: [
        { name: "barcode", key: { barcodeKey: 1 }, unique: true, sparse: true },
        { name: "name", key: { nameKey: 1, _id: 1 } },
        { name: "category", key: { category: 1, nameKey: 1, _id: 1 } },
        { name: "brand", key: { brand: 1 } },
        // Products without a price come last either way: that takes two indexes.
        { name: "price_up", key: { unpriced: 1, price: 1, nameKey: 1, _id: 1 } },
        { name: "price_down", key: { price: -1, nameKey: -1, _id: -1 } },
        { name: "updated", key: { updatedAt: 1, _id: 1 } },
        { name: "index_state", key: { indexState: 1, revision: 1, _id: 1 } },
        { name: FACETS_INDEX, key: { category: 1, brand: 1, indexState: 1 } },
        { name: "words", key: { "words.word": 1 } },
        { name: "pictures", key: { "pictures.hash": 1 } },
        { name: "variants", key: { variantGroup: 1, _id: 1 }, sparse: true },
        { name: "confirmed", key: { "pictures.origin.runId": 1 }, sparse: true },
      ],
    },
    { name: PICTURES, schema: picture, indexes: [{ name: "file", key: { fileId: 1 }, unique: true }] },
    {
      name: `${BUCKET}.files`,
      schema: null,
      indexes: [{ name: "filename_1_uploadDate_1", key: { filename: 1, uploadDate: 1 } }],
    },
    {
      name: `${BUCKET}.chunks`,
      schema: null,
      indexes: [{ name: "files_id_1_n_1", key: { files_id: 1, n: 1 }, unique: true }],
    },
    {
      name: DECISIONS,
      // JSON: a decision quotes products as they were, whatever this version's have become.
      schema: object({ _id: { bsonType: "string" }, time: { bsonType: "date" }, body: { bsonType: "string" } }),
      indexes: [{ name: "time", key: { time: -1, _id: 1 } }],
    },
    {
      name: CHANGES,
      schema: object(
        {
          ...{ _id: whole, sku: text(200), time: { bsonType: "date" }, kind: { bsonType: "string" } },
          // JSON: values as they were, whatever this version's have become.
          ...{ source: { bsonType: "string" }, job: { bsonType: "string" }, fields: { bsonType: "string" } },
        },
        ["job"],
      ),
      indexes: [
        { name: "product", key: { sku: 1, _id: -1 } },
        { name: "job", key: { job: 1, _id: -1 }, sparse: true },
        { name: "time", key: { time: 1 } },
      ],
    },
    {
      name: BIN,
      schema: object(
        {
          ...{ _id: { bsonType: "string" }, kind: { enum: ["product", "pictures"] }, sku: text(200), name: text(500) },
          ...{ time: { bsonType: "date" }, job: { bsonType: "string" }, body: { bsonType: "string" } },
          pictures: list(hash),
        },
        ["job", "body"],
      ),
      indexes: [
        { name: "time", key: { kind: 1, time: -1, _id: 1 } },
        { name: "job", key: { job: 1, time: 1 }, sparse: true },
        { name: "pictures", key: { pictures: 1 } },
        { name: "expiry", key: { time: 1 } },
      ],
    },
    {
      name: VIEWS,
      schema: object({ _id: { bsonType: "string" }, name: text(100), search: text(4_000) }),
      indexes: [{ name: "name", key: { name: 1, _id: 1 } }],
    },
    {
      name: TOMBSTONES,
      schema: object({ _id: text(200), deletedAt: { bsonType: "date" } }),
      indexes: [{ name: "deleted", key: { deletedAt: 1, _id: 1 } }],
    },
  ],
};
