import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import pLimit from "p-limit";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { crashPoint } from "../../lib/crash-point.ts";
import { isCorruption } from "../../lib/sqlite.ts";
import type { Collection, CollectionSpec, Hit, ProductPoints, SearchRequest, VectorName } from "../port.ts";
import { toIndexError } from "./failures.ts";
import { filterExpression } from "./filter.ts";
import { openNamedVectors, type RebuildPolicy } from "./named-vectors.ts";
import { type Owner, openPointStore } from "./store.ts";

export interface EmbeddedCollection extends Collection {
  /** What is wrong, or null. */
  trouble(): string | null;
  /** Builds the graphs that are due, without waiting for quiet; for measuring. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface CollectionOptions {
  /** Made where it is missing. */
  folder: string;
  spec: CollectionSpec;
  rebuild?: RebuildPolicy;
  onNotice(message: string): void;
}

/** Products written in one transaction, with the event loop free in between: some 10 ms with four views each. */
const PRODUCTS_A_WRITE = 16;
/** Points asked for a product wanted, because several of one product may be near; asked again with more where too few. */
const POINTS_A_PRODUCT = 4;
/** The most that zvec answers with. */
const MOST_POINTS = 100_000;

/** A collection: the points in `points.sqlite`, and a search graph a vector name beside it, made from them. */
export async function openCollection(options: CollectionOptions): Promise<EmbeddedCollection> {
  const { folder, spec } = options;
  mkdirSync(folder, { recursive: true });
  const store = openPointStore(join(folder, "points.sqlite"), options.onNotice);
  const writing = pLimit(1);
  const named = (name: VectorName) =>
    openNamedVectors({ ...options, name, dimensions: spec[name].dimensions, store, writing });
  const image = await named("image");
  const vectors = { image, text: await named("text") };
  /** Owners of rows that the graphs may still name: a product that is written anew is found all the while. */
  const leaving = new Map<number, Owner>();
  const searches = new Set<Promise<unknown>>();
  let closed = false;

  function assertUsable(name: VectorName, vector: Float32Array): void {
    if (vector.length === spec[name].dimensions) return;
    throw new ShelfmatchError(
      "DIMENSION_MISMATCH",
      `The ${name} vector has ${vector.length} dimensions, the index ${spec[name].dimensions}: they come from different encoders.`,
      { details: { name, expected: spec[name].dimensions, received: vector.length } },
    );
  }

  /** Runs after every write before it, and answers in the contract's errors. */
  async function write(work: () => Promise<void>): Promise<void> {
    assertOpen();
    await writing(async () => {
      assertOpen();
      await answering(work);
    });
  }

  /** What goes wrong in the work is said in the contract's errors. */
  async function answering<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isCorruption(error)) store.distrust();
      throw toIndexError(error, folder);
    }
  }

  function assertOpen(): void {
    if (closed) throw new ShelfmatchError("ENGINE_GONE", "The vector index is closed.");
  }

  async function replace(products: readonly ProductPoints[]): Promise<void> {
    for (let from = 0; from < products.length; from += PRODUCTS_A_WRITE) {
      const changes = store.replace(products.slice(from, from + PRODUCTS_A_WRITE));
      for (const [row, owner] of changes.left) leaving.set(row, owner);
      crashPoint("index.points-stored");
      await vectors.image.apply(changes.image);
      await vectors.text.apply(changes.text);
      const gone = [...changes.left.keys()];
      void Promise.allSettled(searches).then(() => {
        for (const row of gone) leaving.delete(row);
      });
      await setImmediate();
    }
  }

  async function search({ name, vector, limit, filter = {}, signal }: SearchRequest): Promise<Hit[]> {
    assertOpen();
    assertUsable(name, vector);
    const expression = filterExpression(filter);
    const excluded = new Set(filter.excludeSkus);
    for (let wanted = Math.max(1, limit + excluded.size) * POINTS_A_PRODUCT; ; wanted *= 4) {
      assertWanted(signal);
      const count = Math.min(wanted, MOST_POINTS);
      const near = await vectors[name].graph.nearest(vector, count, expression);
      assertWanted(signal);
      const hits = new Map<string, Hit>();
      for (const { row, similarity } of near) {
        const owner = store.owner(row) ?? leaving.get(row) ?? null;
        if (owner === null || excluded.has(owner.sku) || hits.has(owner.sku)) continue;
        hits.set(owner.sku, { ...owner, similarity });
      }
      if (hits.size >= limit || near.length < count || count === MOST_POINTS) return [...hits.values()].slice(0, limit);
    }
  }

  return {
    spec,
    async replaceProducts(products) {
      for (const { points } of products) {
        for (const { vector } of points) assertUsable(vector.name, vector.values);
      }
      await write(() => replace(products));
    },
    deleteProducts: (skus) => write(() => replace(skus.map((sku) => ({ sku, points: [] })))),
    search(request) {
      const searching = answering(() => search(request));
      searches.add(searching);
      const forget = () => searches.delete(searching);
      searching.then(forget, forget);
      return searching;
    },
    count: async () => ({ image: store.count("image"), text: store.count("text") }),
    read: (skus) =>
      answering(async () => {
        assertOpen();
        return skus.map(store.read).filter(({ points }) => points.length > 0);
      }),
    async skus() {
      assertOpen();
      return store.skus();
    },
    async settle() {
      await vectors.image.settle();
      await vectors.text.settle();
    },
    trouble: () => vectors.image.trouble ?? vectors.text.trouble,
    async close() {
      if (closed) return;
      closed = true;
      await writing(async () => {});
      await Promise.all([vectors.image.close(), vectors.text.close()]);
      store.close();
    },
  };
}

function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ShelfmatchError("CANCELLED", "The search was cancelled.", { cause: signal.reason });
}
