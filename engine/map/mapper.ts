import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { Level } from "../../shared/contract/journal.ts";
import { type MapKind, type MapPoints, type MapState, mapKindSchema } from "../../shared/contract/map.ts";
import type { Verdict } from "../../shared/contract/match.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog, ProductOutline } from "../catalog/port.ts";
import type { Collection } from "../index/port.ts";
import type { Journal } from "../journal/port.ts";
import type { Mapper } from "../services.ts";
import { createKeptMaps } from "./kept-maps.ts";
import { layOut } from "./layout.ts";
import { vectorsOf } from "./vectors.ts";

interface MapperOptions {
  catalog: Pick<Catalog, "allSkus" | "outlines">;
  /** The vectors that are searched now. */
  collection(): Promise<Collection>;
  journal: Pick<Journal, "runs">;
  /** Maps are kept below it. */
  folder: string;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

type Making = Pick<MapState, "state" | "stage" | "progress" | "error">;

/** Products that one call reads: of SQLite, which keeps everyone waiting for so long, some milliseconds. */
const PAGE = 2_000;
/** Answers that are looked through for verdicts. */
const LATELY = 500;
const NOTHING: Making = { state: "never", stage: null, progress: 0, error: null };
/** What each stage is of the whole, by the time that it takes at 100,000 products. */
const SHARES = { vectors: [0, 0.2], neighbours: [0.2, 0.5], layout: [0.5, 1] } as const;

function columnsOf({ skus, x, y }: { skus: string[]; x: number[]; y: number[] }) {
  const places = new Map<string, number>();
  const columns = {
    ...{ skus: [] as string[], x: [] as number[], y: [] as number[], names: [] as string[] },
    ...{ category: [] as string[], price: [] as (number | null)[], currency: [] as (string | null)[] },
  };
  for (const [at, sku] of skus.entries()) places.set(sku, at);
  return {
    add(product: { sku: string; name: string; category: string; price: string | null; currency: string | null }) {
      const at = places.get(product.sku);
      if (at === undefined) return;
      columns.skus.push(product.sku);
      columns.x.push(x[at] ?? 0);
      columns.y.push(y[at] ?? 0);
      columns.names.push(product.name);
      columns.category.push(product.category);
      columns.price.push(product.price === null ? null : Number(product.price));
      columns.currency.push(product.currency);
    },
    columns,
  };
}

/** Categories by their number of products, and each product's place among them. */
function numbered(category: readonly string[]): Pick<MapPoints, "categories" | "category"> {
  const counts = new Map<string, number>();
  for (const one of category) counts.set(one, (counts.get(one) ?? 0) + 1);
  const categories = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1));
  const places = new Map(categories.map((one, at) => [one, at]));
  return { categories, category: category.map((one) => places.get(one) ?? 0) };
}

export function createMapper({ catalog, collection, journal, folder, log }: MapperOptions): Mapper {
  const kept = createKeptMaps(folder, (message) => log("warn", message));
  const making: Record<MapKind, Making> = { image: NOTHING, text: NOTHING };
  const running = new Map<MapKind, { stop: AbortController; ended: Promise<void> }>();

  async function work(kind: MapKind, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    try {
      signal.throwIfAborted();
      const searched = await collection();
      const { fingerprint } = searched.spec[kind];
      const wanted = (await catalog.allSkus()).sort();
      const vectors = vectorsOf(searched, kind, wanted);
      const skus: string[] = [];
      const { x, y } = await layOut({
        ...{ most: wanted.length, dimensions: vectors.dimensions, threads: availableParallelism(), signal },
        sample: await vectors.sample(),
        vectors: vectors.all((some) => skus.push(...some)),
        onProgress(stage, progress) {
          const [from, to] = SHARES[stage];
          making[kind] = { ...making[kind], stage, progress: Math.min(1, from + (to - from) * progress) };
        },
      });
      await kept.write(kind, { fingerprint, skus, x, y });
      making[kind] = { ...NOTHING, state: "done", progress: 1 };
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      log("info", `The map of ${skus.length} products is made`, { kind, products: skus.length, seconds });
    } catch (error) {
      if (signal.aborted) {
        making[kind] = { ...NOTHING, state: "cancelled" };
        return;
      }
      const message = error instanceof Error ? error.message : String(error);
      making[kind] = { ...NOTHING, state: "failed", error: message };
      log("error", `The map of the catalogue could not be made: ${message}`, {
        kind,
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
  }

  const keptOf = async (kind: MapKind) => kept.read(kind, (await collection()).spec[kind].fingerprint);

  async function state(kind: MapKind): Promise<MapState> {
    const map = await keptOf(kind);
    const now = making[kind];
    const finishedAt = map?.finishedAt ?? null;
    return { kind, ...now, state: now.state === "never" && map !== null ? "done" : now.state, finishedAt };
  }

  async function points(kind: MapKind): Promise<MapPoints> {
    const map = await keptOf(kind);
    if (map === null)
      throw new ShelfmatchError("MAP_NOT_FOUND", "There is no map of the catalogue yet. Make one first.");
    const { add, columns } = columnsOf(map);
    // As the catalogue is now: what was deleted since is not on it any more.
    let total = 0;
    for (let after: string | null = null; ; ) {
      const products: ProductOutline[] = await catalog.outlines(after, PAGE);
      for (const product of products) add(product);
      total += products.length;
      const last = products.at(-1);
      if (last === undefined) break;
      after = last.sku;
      await setImmediate();
    }
    const missing = Math.max(0, total - columns.skus.length);
    return { kind, finishedAt: map.finishedAt, ...columns, ...numbered(columns.category), missing };
  }

  return {
    state,
    progress: () =>
      mapKindSchema.options.map((kind) => ({ kind, ...making[kind] })).filter((one) => one.state !== "never"),
    points,
    async make(kind) {
      if (!running.has(kind)) {
        const stop = new AbortController();
        making[kind] = { ...NOTHING, state: "running", stage: "vectors" };
        const before = Promise.all([...running.values()].map(({ ended }) => ended));
        const ended = before.then(() => work(kind, stop.signal)).finally(() => running.delete(kind));
        running.set(kind, { stop, ended });
      }
      return state(kind);
    },
    async cancel(kind) {
      running.get(kind)?.stop.abort();
      await running.get(kind)?.ended;
      return state(kind);
    },
    async verdicts() {
      const newest = new Map<string, Verdict>();
      for (const { verdict, result } of await journal.runs({ limit: LATELY })) {
        const sku = result?.matches[0]?.sku;
        if (sku !== undefined && verdict !== null && !newest.has(sku)) newest.set(sku, verdict);
      }
      return [...newest].map(([sku, verdict]) => ({ sku, verdict }));
    },
    async close() {
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}
