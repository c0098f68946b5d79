import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog, IndexJob } from "../catalog/port.ts";
import { crashPoint } from "../lib/crash-point.ts";
import type { Collection, CollectionSpec, Point, VectorIndex } from "./port.ts";
import type { IndexTarget, IndexTargets } from "./reconciler.ts";

/**
 * Moves the index from the encoders that its vectors were made with to the wanted ones, while it is searched
 * (docs/decisions/0007-re-embedding.md). The old collection is searched with the old encoders until the new one has
 * every product; changes go to both meanwhile; then one step makes the new one the searched one, for good.
 *
 * There is no cursor that could be wrong: what the new collection lacks of the catalogue is what is to be done. That
 * holds because of one rule: a collection gets every change for as long as it exists. What this run does not maintain
 * is dropped before it writes its first change.
 */

/** Encoders, and how a product becomes points with them. `E` is whatever a search needs besides the collection. */
export interface EncoderSide<E extends CollectionSpec> {
  encoders: E;
  embed(job: IndexJob, signal: AbortSignal): Promise<Point[]>;
}

/** Encoders and the vectors that they made: these two are only ever taken together. */
export interface SearchedSide<E extends CollectionSpec> extends EncoderSide<E>, IndexTarget {
  collection: Collection;
}

interface ReembeddingOptions<E extends CollectionSpec> {
  index: VectorIndex;
  catalog: Pick<Catalog, "allSkus" | "jobs">;
  wanted: EncoderSide<E>;
  /**
   * The encoders of the vectors that are searched now; asked only where these are not the wanted ones, again after a
   * failure. They are the caller's to close, when the engine does.
   * @returns null where they are not to be had any more: the new collection is searched at once, as it fills
   */
  previous(spec: CollectionSpec): Promise<EncoderSide<E> | null>;
  log(level: "info" | "warn" | "error", message: string, data?: Record<string, unknown>): void;
  /** Milliseconds that the old collection stays after the swap, for questions that began before it. */
  keepOldMs?: number;
}

export interface ReembeddingStatus {
  /** `unknown` until the index has been reached. */
  state: "unknown" | "current" | "filling";
  /** The encoders that are searched with; null while they are not known. */
  searched: CollectionSpec | null;
  /** Of the filling; products that the new encoders can't embed are in `failed`. */
  products: { done: number; failed: number; total: number };
}

export interface Reembedding<E extends CollectionSpec> extends IndexTargets {
  current(): Promise<readonly SearchedSide<E>[]>;
  /** What to search with now. Taken once a question: it changes when the new collection is complete. */
  searched(): Promise<SearchedSide<E>>;
  status(): ReembeddingStatus;
}

interface Sides<E extends CollectionSpec> {
  searched: SearchedSide<E>;
  /** The wanted one, while it is being filled. */
  filling: SearchedSide<E> | null;
  /** The one that was searched before, and until when (milliseconds of the monotonic clock) it stays. */
  leaving: { side: SearchedSide<E>; until: number } | null;
}

/** Products embedded at once between two looks at what has changed: changes come first. */
const BATCH = 32;
const KEEP_OLD_MS = 60_000;

const identity = ({ image, text }: CollectionSpec) =>
  JSON.stringify([image.fingerprint, image.dimensions, text.fingerprint, text.dimensions]);

export function createReembedding<E extends CollectionSpec>({
  index,
  catalog,
  wanted,
  previous,
  log,
  keepOldMs = KEEP_OLD_MS,
}: ReembeddingOptions<E>): Reembedding<E> {
  let determined: Promise<Sides<E>> | null = null;
  let now: Sides<E> | null = null;
  let tidied = false;
  /** SKUs still to be looked at; null before the two sides have been compared. */
  let queue: string[] | null = null;
  let total = 0;
  const failed = new Set<string>();

  /** The searched collection. An index from before there was a mark has but one, which is marked now. */
  async function searchedSpec(): Promise<CollectionSpec | null> {
    const marked = await index.active();
    if (marked !== null) return marked;
    const [only, ...others] = await index.list();
    if (only === undefined || others.length > 0) return null;
    await index.activate(only);
    return only;
  }

  async function determine(): Promise<Sides<E>> {
    const spec = await searchedSpec();
    const changed = spec !== null && identity(spec) !== identity(wanted.encoders);
    const before = changed ? await previous(spec) : null;
    const fresh = { ...wanted, collection: await index.open(wanted.encoders) };
    if (changed && before !== null) {
      const side = { ...before, collection: await index.open(spec) };
      log("info", "The encoders have changed: the catalogue is embedded anew beside the vectors in use", {
        ...{ from: spec, to: fresh.collection.spec },
      });
      crashPoint("reembedding.begun");
      return { searched: side, filling: fresh, leaving: null };
    }
    if (changed)
      log("warn", "The encoders have changed and the old ones are gone: products are found again one by one");
    await index.activate(wanted.encoders);
    return { searched: fresh, filling: null, leaving: null };
  }

  async function sides(): Promise<Sides<E>> {
    if (now !== null) return now;
    determined ??= determine();
    const mine = determined;
    try {
      const found = await mine;
      now ??= found;
      return now;
    } catch (error) {
      if (determined === mine) determined = null;
      throw error;
    }
  }

  async function current(): Promise<SearchedSide<E>[]> {
    const { searched, filling, leaving } = await sides();
    const maintained = [searched, filling, leaving?.side].filter((side) => side != null);
    if (!tidied) {
      const kept = new Set(maintained.map(({ collection }) => identity(collection.spec)));
      for (const spec of await index.list()) if (!kept.has(identity(spec))) await index.drop(spec);
      tidied = true;
    }
    return maintained;
  }

  /** @returns whether the new collection lacks something that could be in it */
  async function compareSides(fresh: SearchedSide<E>): Promise<boolean> {
    const [catalogued, there] = await Promise.all([catalog.allSkus(), fresh.collection.skus()]);
    total = catalogued.length;
    queue = catalogued.filter((sku) => !there.has(sku) && !failed.has(sku));
    return queue.length > 0;
  }

  async function fill(fresh: SearchedSide<E>, skus: readonly string[], signal: AbortSignal): Promise<void> {
    const jobs = await catalog.jobs(skus);
    // What could not be embedded before is tried when the new collection is searched; its state says so until then.
    for (const { product } of jobs) if (product.indexState === "failed") failed.add(product.sku);
    const tried = jobs.filter(({ product }) => !failed.has(product.sku));
    const outcomes = await Promise.allSettled(tried.map((job) => fresh.embed(job, signal)));
    const products = [];
    let transient: unknown = null;
    for (const [at, outcome] of outcomes.entries()) {
      const sku = tried[at]?.product.sku ?? "";
      if (outcome.status === "fulfilled") {
        if (outcome.value.length === 0) failed.add(sku);
        else products.push({ sku, points: outcome.value });
        continue;
      }
      const reason: unknown = outcome.reason;
      if (!(reason instanceof ShelfmatchError) || reason.retryable || reason.code === "CANCELLED") transient = reason;
      else {
        failed.add(sku);
        log("warn", `Product ${sku} could not be embedded by the new encoders: ${reason.message}`, { sku });
      }
    }
    await fresh.collection.replaceProducts(products);
    crashPoint("reembedding.filled");
    if (transient !== null) throw transient;
  }

  async function swap(old: SearchedSide<E>, fresh: SearchedSide<E>): Promise<void> {
    crashPoint("reembedding.complete");
    await index.activate(wanted.encoders);
    crashPoint("reembedding.swapped");
    now = { searched: fresh, filling: null, leaving: { side: old, until: performance.now() + keepOldMs } };
    log("info", "The new encoders' vectors are complete and searched from now on", {
      ...{ products: total, failed: failed.size },
    });
  }

  /** The next products into the new collection, or the swap when it lacks none. */
  async function fillNext(
    old: SearchedSide<E>,
    fresh: SearchedSide<E>,
    signal: AbortSignal,
  ): Promise<"more" | "compare"> {
    try {
      if (queue === null && !(await compareSides(fresh))) {
        await swap(old, fresh);
        return "compare";
      }
      await fill(fresh, queue?.slice(0, BATCH) ?? [], signal);
      queue = queue?.slice(BATCH) ?? null;
      if (queue?.length === 0) queue = null;
      return "more";
    } catch (error) {
      // Whatever came in between: what is lacking is looked up again.
      queue = null;
      throw error;
    }
  }

  async function advance(signal: AbortSignal): ReturnType<IndexTargets["advance"]> {
    const { searched, filling, leaving } = await sides();
    if (filling !== null) return fillNext(searched, filling, signal);
    if (leaving === null) return "done";
    const afterMs = leaving.until - performance.now();
    if (afterMs > 0) return { afterMs };
    await index.drop(leaving.side.collection.spec);
    crashPoint("reembedding.dropped");
    now = { searched, filling: null, leaving: null };
    return "done";
  }

  return {
    current,
    advance,
    searched: async () => (await sides()).searched,
    status() {
      const products = { done: total - (queue?.length ?? 0) - failed.size, failed: failed.size, total };
      const state = now === null ? "unknown" : now.filling === null ? "current" : "filling";
      return { state, searched: now?.searched.collection.spec ?? null, products };
    },
  };
}
