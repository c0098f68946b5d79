import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Product } from "../../../shared/contract/domain.ts";
import { productDraftSchema } from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Catalog } from "../../catalog/port.ts";
import { openSqliteCatalog } from "../../catalog/sqlite/sqlite.ts";
import type { Point, VectorIndex } from "../port.ts";
import { createReconciler } from "../reconciler.ts";
import { createReembedding, type EncoderSide, type SearchedSide } from "../reembedding.ts";
import { unitVector } from "../test-points.ts";

/** A catalogue, an index and what keeps them in step, as the engine has them; the encoders make vectors of names. */

/** Two of a version give the same vectors, two versions give others, of other lengths. */
export interface NameEncoders {
  image: { fingerprint: string; dimensions: number };
  text: { fingerprint: string; dimensions: number };
  encode(name: string): Float32Array;
}

export function nameEncoders(version: number): NameEncoders {
  const dimensions = 8 + version * 4;
  return {
    image: { fingerprint: `pictures-${version}`, dimensions: 4 },
    text: { fingerprint: `names-${version}`, dimensions },
    encode: (name) =>
      unitVector(createHash("sha256").update(`${version} ${name}`).digest().readUInt32LE(0), dimensions),
  };
}

const UNREADABLE = "unreadable";

function pointOf({ sku, category, brand, currency }: Product, values: Float32Array): Point {
  const payload = { sku, pictureHash: null, category, brand, price: null, currency };
  return { id: `${sku}/text`, vector: { name: "text", values }, payload };
}

/** @param paceMs of one product */
export function sideOf(version: number, paceMs = 0): EncoderSide<NameEncoders> {
  const encoders = nameEncoders(version);
  return {
    encoders,
    async embed({ product }, signal) {
      if (paceMs > 0) await setTimeout(paceMs, undefined, { signal });
      if (version > 1 && product.description === UNREADABLE) {
        throw new ShelfmatchError("IMAGE_UNREADABLE", `${product.sku} can't be embedded`);
      }
      return [pointOf(product, encoders.encode(product.name))];
    },
  };
}

export interface IndexedCatalog {
  catalog: Catalog;
  index: VectorIndex;
  reembedding: ReturnType<typeof createReembedding<NameEncoders>>;
  indexer: ReturnType<typeof createReconciler>;
  logged: string[];
  close(): Promise<void>;
}

interface Opening {
  folder: string;
  index: VectorIndex;
  wanted: EncoderSide<NameEncoders>;
  /** Those that are to be had beside the wanted ones. */
  older?: EncoderSide<NameEncoders>[];
  keepOldMs?: number;
}

export async function openIndexed({
  folder,
  index,
  wanted,
  older = [],
  keepOldMs = 50,
}: Opening): Promise<IndexedCatalog> {
  const catalog = await openSqliteCatalog({ folder: join(folder, "catalog"), onNotice: () => {} });
  const logged: string[] = [];
  const log = (_: string, message: string) => void logged.push(message);
  const reembedding = createReembedding({
    ...{ index, catalog, wanted, log, keepOldMs },
    previous: async (spec) => older.find(({ encoders }) => encoders.text.fingerprint === spec.text.fingerprint) ?? null,
  });
  const indexer = createReconciler({ catalog, targets: reembedding, log });
  indexer.nudge();
  return {
    ...{ catalog, index, reembedding, indexer, logged },
    async close() {
      await indexer.close();
      await index.close();
      await catalog.close();
    },
  };
}

export const draft = (sku: string, name = `Thing ${sku}`, unreadable = false) =>
  productDraftSchema.parse({ sku, name, description: unreadable ? UNREADABLE : "" });

/** The product that a name's vector finds first, by the encoders that are searched with now. */
export async function findByName(side: SearchedSide<NameEncoders>, name: string) {
  const [hit] = await side.collection.search({ name: "text", vector: side.encoders.encode(name), limit: 1 });
  return hit ?? null;
}
