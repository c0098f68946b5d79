import { availableParallelism } from "node:os";
import { setImmediate, setTimeout } from "node:timers/promises";
import {
  type ZVecCollection,
  ZVecCollectionSchema,
  ZVecCreateAndOpen,
  ZVecDataType,
  ZVecIndexType,
  ZVecInitialize,
  ZVecLogLevel,
  ZVecMetricType,
  ZVecOpen,
} from "@zvec/zvec";
import pLimit from "p-limit";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { messageOf } from "./failures.ts";
import { token } from "./filter.ts";
import { fromHalf } from "./half.ts";
import type { StoredPoint } from "./rows.ts";

/**
 * The searchable form of one named vector, on zvec: an HNSW graph over half-precision vectors, plus whatever was added
 * since the graph was built, which zvec compares one by one. Searches run in native threads; writes are short calls
 * that give way to the event loop in between.
 */
export interface Graph {
  readonly size: number;
  add(points: Iterable<StoredPoint>): Promise<void>;
  remove(rows: readonly number[]): Promise<void>;
  /**
   * @param count at most this many, nearest first
   * @param filter in zvec's language, see filter.ts
   */
  nearest(vector: Float32Array, count: number, filter: string | null): Promise<{ row: number; similarity: number }[]>;
  rows(): Set<number>;
  /** Builds the HNSW graph; minutes of every core at hundreds of thousands of points. */
  build(): Promise<void>;
  /** Lets searches under way end first. */
  close(): Promise<void>;
}

const { STRING, DOUBLE, VECTOR_FP16 } = ZVecDataType;
const KEYWORD = { indexType: ZVecIndexType.INVERT };
/** Measured in docs/decisions/0002-embedded-vector-index.md; 32 links cost twice the time and found no more. */
const HNSW = { indexType: ZVecIndexType.HNSW, metricType: ZVecMetricType.COSINE, m: 16, efConstruction: 200 };
/**
 * Candidates kept while searching the graph: recall@20 of 0.995 at 400,000 points that lie close together. With a filter
 * fewer do as well, and each costs more.
 */
const SEARCH_WIDTH = { plain: 800, filtered: 400 };
/** More, and zvec refuses the search. */
const WIDEST_SEARCH = 2048;
/** About 4 ms of the event loop with 1280 dimensions. */
const WRITE_BATCH = 32;
/** A killed engine's building process inherited its locks, and needs a moment to see that it is alone. */
const LOCK_PATIENCE_MS = 10_000;

/**
 * Searches at once, of all graphs. Of a graph with points beside it that came since it was built, zvec searches either part in
 * a task that waits for tasks of the very threads that it runs on, one a processor: where as many wait as there are threads,
 * none ever ends (seen on two processors at the 180th search), and libuv's threads, which wait for them, are lost to the
 * process. Its `queryThreads` are other threads. One search goes on by itself on any machine.
 */
const SEARCHES_AT_ONCE = Math.max(1, Math.min(4, (availableParallelism() - 1) >> 1));
const searching = pLimit(SEARCHES_AT_ONCE);

// Failures are thrown, with their reason; zvec's own lines would only repeat them on the terminal.
ZVecInitialize({ logLevel: ZVecLogLevel.FATAL });

export function createGraph(folder: string, dimensions: number): Graph {
  const schema = new ZVecCollectionSchema({
    name: "points",
    vectors: { name: "vector", dataType: VECTOR_FP16, dimension: dimensions, indexParams: HNSW },
    fields: [
      { name: "category", dataType: STRING, indexParams: KEYWORD },
      { name: "brand", dataType: STRING, indexParams: KEYWORD },
      { name: "currency", dataType: STRING, nullable: true, indexParams: KEYWORD },
      { name: "price", dataType: DOUBLE, nullable: true, indexParams: KEYWORD },
    ],
  });
  return wrap(ZVecCreateAndOpen(folder, schema));
}

/**
 * @throws ShelfmatchError BUSY where another process has it open
 * @throws ZVecError where the folder is missing or damaged
 */
export async function openGraph(folder: string): Promise<Graph> {
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      return wrap(ZVecOpen(folder));
    } catch (error) {
      if (!messageOf(error).includes("Can't lock")) throw error;
      if (Date.now() > deadline) {
        throw new ShelfmatchError(
          "BUSY",
          `Another process has the vector index open (${folder}). Close it and try again.`,
        );
      }
      await setTimeout(50);
    }
  }
}

function documentOf({ row, half, category, brand, price, currency }: StoredPoint) {
  return {
    id: String(row),
    vectors: { vector: fromHalf(half) },
    fields: {
      category: token(category),
      brand: token(brand),
      ...(currency === null ? {} : { currency: token(currency) }),
      ...(price === null ? {} : { price }),
    },
  };
}

function* batches<T>(values: Iterable<T>): Iterable<T[]> {
  let batch: T[] = [];
  for (const value of values) {
    batch.push(value);
    if (batch.length < WRITE_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function wrap(collection: ZVecCollection): Graph {
  const searches = new Set<Promise<unknown>>();

  return {
    get size() {
      return collection.stats.docCount;
    },
    async add(points) {
      for (const batch of batches(points)) {
        const failed = collection.upsertSync(batch.map(documentOf)).find(({ ok }) => !ok);
        if (failed !== undefined) throw new Error(`The search graph refused a point: ${failed.message}`);
        await setImmediate();
      }
    },
    async remove(rows) {
      for (const batch of batches(rows)) {
        const failed = collection
          .deleteSync(batch.map(String))
          .find(({ ok, code }) => !ok && code !== "ZVEC_NOT_FOUND");
        if (failed !== undefined) throw new Error(`The search graph kept a removed point: ${failed.message}`);
        await setImmediate();
      }
    },
    async nearest(vector, count, filter) {
      const width = filter === null ? SEARCH_WIDTH.plain : SEARCH_WIDTH.filtered;
      const search = searching(() =>
        collection.query({
          fieldName: "vector",
          vector,
          topk: count,
          outputFields: [],
          params: { indexType: ZVecIndexType.HNSW, ef: Math.min(Math.max(width, count), WIDEST_SEARCH) },
          ...(filter === null ? {} : { filter }),
        }),
      );
      searches.add(search);
      try {
        // zvec answers with the cosine distance, 0..2; rounding takes it a little beyond.
        return (await search).map(({ id, score }) => ({
          row: Number(id),
          similarity: Math.min(1, Math.max(-1, 1 - score)),
        }));
      } finally {
        searches.delete(search);
      }
    },
    rows() {
      const rows = new Set<number>();
      for (const { id } of collection.iterDocsSync({ outputFields: [], includeVector: false })) rows.add(Number(id));
      return rows;
    },
    build: () => collection.optimize(),
    async close() {
      await Promise.allSettled(searches);
      collection.closeSync();
    },
  };
}
