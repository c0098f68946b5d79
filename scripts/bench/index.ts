import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { type EmbeddedCollection, openCollection } from "../../engine/index/embedded/collection.ts";
import type { IndexFilter } from "../../engine/index/port.ts";
import { line, quantile } from "./figures.ts";
import { CACHE, type RealEmbeddings, realEmbeddings, VIEWS, writeVector } from "./index-data.ts";

const PRODUCTS = 100_000;
const QUERIES = 200;
const TOP = 20;
const AT_ONCE = 500;
const CATEGORIES = 100;
const PRICE = [20, 50] as const;

const skuOf = (product: number) => `P${product}`;
/** Products made of the same picture share a category: a filter and what looks alike go together, as in a shop. */
const categoryOf = (product: number, { count }: RealEmbeddings) => (product % count) % CATEGORIES;
const priceOf = (product: number) => (product * 7919) % 100;
const queried = (number: number) => Math.floor(((number + 0.5) * PRODUCTS) / QUERIES);

const filterName = z.enum(["none", "category", "price"]);
const exactAnswer = z.record(
  filterName,
  z.object({ best: z.array(z.array(z.int())), milliseconds: z.array(z.number()) }),
);

/** Exact answers of numpy, and how long they took. */
async function searchExactly(python: string, real: RealEmbeddings, queries: Float32Array[]) {
  const child = spawn(python, [join(import.meta.dirname, "exact_search.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const answer = text(child.stdout);
  const send = async (array: ArrayBufferView) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    if (!child.stdin.write(bytes)) await once(child.stdin, "drain");
  };
  const head = {
    products: PRODUCTS,
    views: VIEWS,
    dimensions: real.dimensions,
    queries: QUERIES,
    top: TOP,
    price: PRICE,
    categories: queries.map((_, number) => categoryOf(queried(number), real)),
  };
  child.stdin.write(`${JSON.stringify(head)}\n`);
  for (let from = 0; from < PRODUCTS; from += AT_ONCE) {
    const block = new Float32Array(AT_ONCE * VIEWS * real.dimensions);
    for (let n = 0; n < AT_ONCE * VIEWS; n++) {
      const into = block.subarray(n * real.dimensions, (n + 1) * real.dimensions);
      writeVector(real, from + Math.floor(n / VIEWS), n % VIEWS, into);
    }
    await send(block);
  }
  await send(Int32Array.from({ length: PRODUCTS }, (_, product) => categoryOf(product, real)));
  await send(Float32Array.from({ length: PRODUCTS }, (_, product) => priceOf(product)));
  for (const query of queries) await send(query);
  child.stdin.end();
  return exactAnswer.parse(JSON.parse(await answer));
}

async function fill(collection: EmbeddedCollection, real: RealEmbeddings): Promise<void> {
  for (let from = 0; from < PRODUCTS; from += AT_ONCE) {
    const products = Array.from({ length: AT_ONCE }, (_, n) => {
      const [product, sku] = [from + n, skuOf(from + n)];
      const payload = {
        sku,
        pictureHash: sku,
        category: `c${categoryOf(product, real)}`,
        brand: "",
        price: priceOf(product),
        currency: "EUR",
      };
      const points = Array.from({ length: VIEWS }, (_, view) => {
        const values = new Float32Array(real.dimensions);
        writeVector(real, product, view, values);
        return { id: `${sku}/${view}`, vector: { name: "image" as const, values }, payload };
      });
      return { sku, points };
    });
    await collection.replaceProducts(products);
  }
}

/** The index of the benchmark, out of the cache where an earlier run made it. */
async function filledCollection(real: RealEmbeddings): Promise<EmbeddedCollection> {
  const folder = join(CACHE, `index-${real.fingerprint}-${PRODUCTS}`);
  const spec = {
    image: { fingerprint: real.fingerprint, dimensions: real.dimensions },
    text: { fingerprint: "none", dimensions: 8 },
  };
  // Filled without building on the way, so that the two times are told apart.
  const open = (smallest: number) =>
    openCollection({ folder, spec, rebuild: { smallest, idleMs: 3_600_000 }, onNotice: console.error });
  let collection = await open(Number.MAX_SAFE_INTEGER);
  if ((await collection.count()).image !== PRODUCTS * VIEWS) {
    await collection.close();
    rmSync(folder, { recursive: true, force: true });
    collection = await open(Number.MAX_SAFE_INTEGER);
    let started = performance.now();
    await fill(collection, real);
    line("written, durably and searchable", (PRODUCTS * VIEWS) / ((performance.now() - started) / 1000), "vectors/s");
    await collection.close();
    collection = await open(10_000);
    started = performance.now();
    await collection.settle();
    line("search graph built, beside the engine", (performance.now() - started) / 1000, "s");
  }
  await collection.close();
  const started = performance.now();
  collection = await open(10_000);
  line("opened", performance.now() - started, "ms");
  return collection;
}

/** The index at 400,000 vectors: recall and time beside exact float32 search with numpy, in the same run. */
export async function run(): Promise<void> {
  const python = process.env.BENCH_PYTHON;
  if (!python) {
    console.log("skipped: it needs Python 3 with venv, for the exact search that the index is measured against");
    return;
  }
  const real = await realEmbeddings();
  const queries = Array.from({ length: QUERIES }, (_, number) => {
    const query = new Float32Array(real.dimensions);
    writeVector(real, queried(number), VIEWS, query);
    return query;
  });
  const collection = await filledCollection(real);
  try {
    const exact = await searchExactly(python, real, queries);
    const filters: Record<z.infer<typeof filterName>, (number: number) => IndexFilter> = {
      none: () => ({}),
      category: (number) => ({ category: [`c${categoryOf(queried(number), real)}`] }),
      price: () => ({ priceMin: PRICE[0], priceMax: PRICE[1] }),
    };
    const search = (query: Float32Array, filter: IndexFilter) =>
      collection.search({ name: "image", vector: query, limit: TOP, filter });
    for (const query of queries.slice(0, 20)) await search(query, {});
    for (const name of filterName.options) {
      let [found, wanted] = [0, 0];
      const times: number[] = [];
      for (const [number, query] of queries.entries()) {
        const started = performance.now();
        const hits = await search(query, filters[name](number));
        times.push(performance.now() - started);
        const best = exact[name].best[number] ?? [];
        const skus = new Set(hits.map(({ sku }) => sku));
        found += best.filter((product) => skus.has(skuOf(product))).length;
        wanted += best.length;
      }
      const [p50, plain] = [quantile(times, 0.5), quantile(exact[name].milliseconds, 0.5)];
      const filter = { none: "no filter", category: "filter on category, 1 %", price: "filter on price, 31 %" }[name];
      const missed = `${wanted - found} of ${wanted} missed`;
      line(`recall@${TOP} against exact, ${filter}`, (100 * found) / wanted, "%", missed);
      line(`  search p50, ${filter}`, p50, "ms", `numpy ${plain.toFixed(1)} ms: ${(plain / p50).toFixed(0)}x as fast`);
      line(`  search p95, ${filter}`, quantile(times, 0.95), "ms");
    }
    line("memory of this process", process.memoryUsage().rss / 2 ** 20, "MiB");
  } finally {
    await collection.close();
  }
}
