import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig } from "../../engine/config/load.ts";
import { rgbOf } from "../../engine/encode/view-encoder.ts";
import { cutViews } from "../../engine/encode/views.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { seededRandom } from "../../engine/evaluate/metrics.ts";
import type { EmbeddedCollection } from "../../engine/index/embedded/collection.ts";
import type { Point } from "../../engine/index/port.ts";
import { VERIFIED } from "../../engine/match/answer.ts";
import { decodePicture } from "../../engine/picture/decode.ts";
import { lookAt } from "../../engine/picture/look.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import { line, quantile } from "./figures.ts";
import { importAll, makePictures } from "./pictures.ts";

/**
 * What an answer costs beside one pass of the image encoder, and what the search for duplicates does, at 10,000 products.
 * Passes and answers take turns, so that whatever else the machine does slows both.
 */

const PRODUCTS = 10_000;
/** Pictures that are made, encoded and stored; the other products have these pictures, under vectors of their own. */
const PICTURES = 216;
const QUERIES = 24;
/** Longest that duplicates are searched for here. */
const DUPLICATES_MS = 240_000;
const AT_ONCE = 500;

/** Near real vectors: the same view of two pictures, mixed. */
function mixed(one: Float32Array, other: Float32Array, share: number): Float32Array {
  const values = one.map((value, at) => share * value + (1 - share) * (other[at] ?? 0));
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Adds products that have the imported ones' pictures, indexed under vectors that lie between those of two of them. */
async function fill(engine: Engine): Promise<void> {
  const { catalog } = engine.services;
  const collection = await engine.parts.collection();
  const known = await catalog.getMany(await catalog.allSkus());
  const points = new Map((await collection.read(known.map(({ sku }) => sku))).map((one) => [one.sku, one.points]));
  const random = seededRandom(4);
  const any = () => known[Math.floor(random() * known.length)] ?? (known[0] as (typeof known)[number]);
  for (let from = known.length; from < PRODUCTS; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, PRODUCTS - from) }, (_, n) => {
      const [one, other] = [any(), any()];
      const draft = productDraftSchema.parse({
        sku: `filler-${from + n}`,
        name: `Filler ${from + n}`,
        category: `c${n % 20}`,
      });
      const share = 0.35 + random() * 0.3;
      const made = (points.get(one.sku) ?? []).map((point, at): Point => {
        const with_ = points.get(other.sku)?.[at]?.vector.values ?? point.vector.values;
        const values = mixed(point.vector.values, with_, share);
        return {
          ...point,
          id: `${draft.sku}/${at}`,
          vector: { name: point.vector.name, values },
          payload: { ...point.payload, sku: draft.sku },
        };
      });
      return {
        sku: draft.sku,
        points: made,
        entry: { draft, pictures: one.pictures, otherPictures: "remove" as const },
      };
    });
    await catalog.upsert(some.map(({ entry }) => entry));
    await collection.replaceProducts(some);
    const jobs = await catalog.jobs(some.map(({ sku }) => sku));
    await catalog.markIndexed(jobs.map(({ product, revision }) => ({ sku: product.sku, revision })));
  }
  // The graph that a quiet half minute after an import would build.
  await (collection as Partial<EmbeddedCollection>).settle?.();
}

/** Milliseconds of processor time, of all threads, and by the clock. */
async function cost(work: () => Promise<unknown>): Promise<{ cpu: number; clock: number }> {
  const [used, started] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { cpu: (user + system) / 1000, clock: performance.now() - started };
}

async function measureAnswers(engine: Engine, queries: readonly Buffer[]): Promise<void> {
  const { answer, imageEncoder } = engine.parts;
  const ask = (bytes: Buffer, readText: boolean) => async () => {
    const picture = lookAt(bytes, { name: "query" });
    for await (const _ of answer({ picture }, { verify: VERIFIED, readText, readBarcodes: true }));
  };
  const views = await Promise.all(
    queries.map(async (bytes) => cutViews(rgbOf(await decodePicture(bytes, { name: "query" })), ["whole"])),
  );
  // The first round finds the points of the catalogue's pictures, which the app does behind the indexing.
  for (const bytes of queries) await ask(bytes, true)();
  const passes: { cpu: number; clock: number }[] = [];
  for (const readText of [false, true]) {
    const ratios: { cpu: number; clock: number }[] = [];
    for (const [n, bytes] of queries.entries()) {
      const pass = async () => {
        for (let i = 0; i < 5; i++) await imageEncoder.encode(views[n] ?? []);
      };
      const before = await cost(pass);
      const answered = await cost(ask(bytes, readText));
      const after = await cost(pass);
      const one = { cpu: (before.cpu + after.cpu) / 10, clock: (before.clock + after.clock) / 10 };
      passes.push(one);
      ratios.push({ cpu: answered.cpu / one.cpu, clock: answered.clock / one.clock });
    }
    const [clock, cpu] = [
      quantile(
        ratios.map((one) => one.clock),
        0.5,
      ),
      quantile(
        ratios.map((one) => one.cpu),
        0.5,
      ),
    ];
    const p95 = quantile(
      ratios.map((one) => one.clock),
      0.95,
    );
    line(
      `refined answer, ${readText ? "with" : "without"} package text, p50`,
      clock,
      "passes",
      `by the clock (wanted <= ${readText ? 80 : 40}); p95 ${p95.toFixed(0)}; processor time ${cpu.toFixed(0)}`,
    );
  }
  line(
    "one pass of the image encoder, p50",
    quantile(
      passes.map((one) => one.clock),
      0.5,
    ),
    "ms",
  );
}

async function measureDuplicates(engine: Engine): Promise<void> {
  const { duplicates } = engine.services;
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let [neighbours, most] = [0, before];
  let state = await duplicates.search();
  while (state.state === "running" && seconds() * 1000 < DUPLICATES_MS) {
    await sleep(200);
    state = await duplicates.state();
    most = Math.max(most, process.memoryUsage.rss());
    if (neighbours === 0 && state.done >= PRODUCTS) neighbours = seconds();
  }
  const share = (100 * Math.max(0, state.done - PRODUCTS)) / PRODUCTS;
  line("duplicates: nearest neighbours of all products", neighbours, "s", `${PRODUCTS} products`);
  line(
    "duplicates: the whole search",
    seconds(),
    "s",
    state.state === "running"
      ? `stopped there: ${share.toFixed(0)} % of the pairs were compared`
      : `${state.found} pairs to look at`,
  );
  line("duplicates: memory that it took more", (most - before) / 2 ** 20, "MiB");
  await duplicates.cancel();
}

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-"));
  try {
    await makePictures(join(folder, "pictures"), PICTURES, 1);
    await makePictures(join(folder, "queries"), QUERIES, 2);
    const config = await loadConfig({ dataFolder: join(folder, "data"), overrides: { "encoder.cacheEntries": 0 } });
    const engine = await createEngine({ dataFolder: join(folder, "data"), config, onNotice: console.error });
    try {
      await importAll(engine, join(folder, "pictures"));
      await engine.services.indexer.settled();
      await fill(engine);
      const names = (await readdir(join(folder, "queries"))).sort();
      await measureAnswers(engine, await Promise.all(names.map((name) => readFile(join(folder, "queries", name)))));
      await measureDuplicates(engine);
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
