import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Product } from "../../shared/contract/domain.ts";
import { type Likeness, likenessSchema, type SearchState } from "../../shared/contract/duplicates.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Collection } from "../index/port.ts";
import { writeWhole } from "../lib/write-whole.ts";
import type { Indexer } from "../services.ts";
import type { Sight } from "../sight/port.ts";
import { createDecider } from "./decide.ts";
import { type FoundLikeness, findLikenesses, findLikenessesOf } from "./find.ts";
import type { Duplicates } from "./port.ts";
import { pairKey } from "./signs.ts";

interface DuplicatesOptions {
  catalog: Catalog;
  /** The vectors that are searched now. */
  collection(): Promise<Collection>;
  sight: Pick<Sight, "compare">;
  indexer: Pick<Indexer, "nudge">;
  /** Keeps what the last search found; it can be made again. */
  file: string;
  log(level: "info" | "warn", message: string, data?: Record<string, unknown>): void;
}

const keptSchema = z.object({
  finishedAt: z.iso.datetime(),
  pairs: z.array(
    likenessSchema.omit({ products: true }).extend({
      skus: z.tuple([z.string(), z.string()]),
      pictures: z.tuple([z.string().nullable(), z.string().nullable()]),
    }),
  ),
});

/** Products that one call reads, to see which pairs are still open. */
const PAGE = 1_000;

async function readKept(file: string, log: DuplicatesOptions["log"]): Promise<z.infer<typeof keptSchema> | null> {
  try {
    return keptSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing)
      log("warn", `What the last search for duplicates found can't be read, and is searched anew: ${error}`);
    return null;
  }
}

function sideOf({ sku, name, brand, category, price, currency }: Product, picture: string | null) {
  return { sku, name, brand, category, price, currency, picture };
}

export async function createDuplicates(options: DuplicatesOptions): Promise<Duplicates & { close(): Promise<void> }> {
  const { catalog, collection, sight, indexer, file, log } = options;
  const decider = createDecider(catalog, () => indexer.nudge());
  const kept = await readKept(file, log);
  let found: FoundLikeness[] = kept?.pairs ?? [];
  let state: Omit<SearchState, "found"> = {
    ...{ state: kept === null ? "never" : "done", done: 0, total: 0 },
    ...{ finishedAt: kept?.finishedAt ?? null, error: null },
  };
  let running: { stop: AbortController; ended: Promise<void> } | null = null;

  async function work(signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const onProgress = (done: number, total: number) => {
      state = { ...state, done, total };
    };
    try {
      const pairs = await findLikenesses({ catalog, collection: await collection(), sight, onProgress, signal });
      const finishedAt = new Date().toISOString();
      await writeWhole(file, JSON.stringify({ finishedAt, pairs }));
      found = pairs;
      state = { ...state, state: "done", finishedAt };
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      log("info", `The search for duplicates found ${pairs.length} pairs`, { pairs: pairs.length, seconds });
    } catch (error) {
      if (signal.aborted) {
        state = { ...state, state: "cancelled" };
        return;
      }
      const message = error instanceof Error ? error.message : String(error);
      state = { ...state, state: "failed", error: message };
      log("warn", `The search for duplicates failed: ${message}`);
    }
  }

  /** Those of the pairs that nobody has decided, of products that are there. */
  async function open(pairs: readonly FoundLikeness[]): Promise<Likeness[]> {
    const decided = new Set<string>();
    for (const decision of await catalog.decisions()) {
      if (decision.kind !== "distinct") continue;
      const { skus } = decision;
      skus.forEach((one, at) => {
        for (const other of skus.slice(at + 1)) decided.add(pairKey(one, other));
      });
    }
    const wanted = [...new Set(pairs.flatMap(({ skus }) => skus))];
    const products = new Map<string, Product>();
    for (let at = 0; at < wanted.length; at += PAGE) {
      for (const product of await catalog.getMany(wanted.slice(at, at + PAGE))) products.set(product.sku, product);
    }
    return pairs.flatMap(({ skus, pictures, ...likeness }): Likeness[] => {
      const [one, other] = [products.get(skus[0]), products.get(skus[1])];
      if (one === undefined || other === undefined || decided.has(pairKey(...skus))) return [];
      if (one.variantGroup !== undefined && one.variantGroup === other.variantGroup) return [];
      return [{ ...likeness, products: [sideOf(one, pictures[0]), sideOf(other, pictures[1])] }];
    });
  }
  const told = async (): Promise<SearchState> => ({ ...state, found: (await open(found)).length });

  return {
    async search() {
      if (running !== null) return told();
      if ((await catalog.counts()).total < 2) {
        throw new ShelfmatchError("INVALID_INPUT", "There are no two products to compare yet. Import some first.");
      }
      const stop = new AbortController();
      state = { ...state, state: "running", done: 0, total: 0, error: null };
      const ended = work(stop.signal).finally(() => {
        running = null;
      });
      running = { stop, ended };
      return told();
    },
    state: told,
    progress: () => state,
    async cancel() {
      running?.stop.abort();
      await running?.ended;
      return told();
    },
    async list({ page, pageSize }) {
      const all = await open(found);
      return { items: all.slice((page - 1) * pageSize, page * pageSize), total: all.length };
    },
    async of(sku, signal = new AbortController().signal) {
      return open(await findLikenessesOf({ catalog, collection: await collection(), sight, signal }, sku));
    },
    ...decider,
    decisions: () => catalog.decisions(),
    async close() {
      running?.stop.abort();
      await running?.ended;
    },
  };
}
