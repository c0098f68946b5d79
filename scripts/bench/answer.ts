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
import { type AnswerOptions, VERIFIED } from "../../engine/match/answer.ts";
import { decodePicture } from "../../engine/picture/decode.ts";
import { lookAt } from "../../engine/picture/look.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import { line, quantile } from "./figures.ts";
import { importAll, makePictures } from "./pictures.ts";

/**
 * What an answer costs beside one pass of the image encoder, and what the search for duplicates does, at 10,000 products:
 * in processor time, passes and answers in turns, so that a busy machine says nearly the same as a quiet one.
 */

const PRODUCTS = 10_000;
/** Pictures that are made, encoded and stored; the other products have these pictures, under vectors of their own. */
const PICTURES = 216;
const QUERIES = 16;
/** Seconds of processor time that duplicates are searched for here, at most. */
const DUPLICATES_S = 120;
const AT_ONCE = 500;

/** Near real vectors: the same view of two pictures, mixed. */
function mixed(one: Float32Array, other: Float32Array, share: number): Float32Array {
  const values = one.map((value, at) => share * value + (1 - share) * (other[at] ?? 0));
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/**
 * Adds products that are indexed under vectors that lie between those of two imported ones, and have any one's picture: what is
 * near a photo by its vector then shows something else, as most of a catalogue's rivals do.
 */
async function fill(engine: Engine): Promise<void> {
  const { catalog } = engine.services;
  const collection = await engine.parts.collection();
  const known = await catalog.getMany(await catalog.allSkus());
  const points = new Map((await collection.read(known.map(({ sku }) => sku))).map((one) => [one.sku, one.points]));
  const random = seededRandom(4);
  const any = () => known[Math.floor(random() * known.length)] ?? (known[0] as (typeof known)[number]);
  for (let from = known.length; from < PRODUCTS; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, PRODUCTS - from) }, (_, n) => {
      const [one, other, shown] = [any(), any(), any()];
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
          payload: { ...point.payload, sku: draft.sku, pictureHash: shown.pictures[0]?.hash ?? null },
        };
      });
      return {
        sku: draft.sku,
        points: made,
        entry: { draft, pictures: shown.pictures, otherPictures: "remove" as const },
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

/** Milliseconds of processor time, of all threads of the engine: what else the machine does changes it little. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const used = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1000;
}

interface Asked {
  name: string;
  options: AnswerOptions;
  /** Whether only the first answer is waited for. */
  first?: boolean;
  /** Passes that it may cost. */
  wanted?: number;
}

/** What an answer is asked for, each with more than the one before. */
const ASKED: readonly Asked[] = [
  { name: "first answer, by looks", options: { verify: 0, readText: false, readBarcodes: false }, first: true },
  { name: "refined, nothing compared", options: { verify: 0, readText: false, readBarcodes: false } },
  {
    name: "refined, without package text",
    options: { verify: VERIFIED, readText: false, readBarcodes: true },
    wanted: 40,
  },
  { name: "refined, with package text", options: { verify: VERIFIED, readText: true, readBarcodes: true }, wanted: 80 },
];

async function measureAnswers(engine: Engine, queries: readonly Buffer[]): Promise<void> {
  const { answer, imageEncoder } = engine.parts;
  const ask = async (bytes: Buffer, { options, first }: Asked) => {
    const picture = lookAt(bytes, { name: "query" });
    for await (const _ of answer({ picture }, options)) if (first) return;
  };
  const views = await Promise.all(
    queries.map(async (bytes) => cutViews(rgbOf(await decodePicture(bytes, { name: "query" })), ["whole"])),
  );
  // The first rounds find the points of the catalogue's pictures, which the app does behind the indexing, and warm the code.
  for (let round = 0; round < 2; round++) for (const bytes of queries) await ask(bytes, ASKED.at(-1) as Asked);
  const passes: number[] = [];
  for (const asked of ASKED) {
    const ratios: number[] = [];
    for (const [n, bytes] of queries.entries()) {
      const pass = () => cost(() => imageEncoder.encode(views[n] ?? []));
      const around = [await pass(), await pass()];
      const answered = await cost(() => ask(bytes, asked));
      around.push(await pass(), await pass());
      const one = quantile(around, 0.5);
      passes.push(one);
      ratios.push(answered / one);
    }
    const [median, most] = [quantile(ratios, 0.5), quantile(ratios, 0.9)];
    const { wanted } = asked;
    line(`${asked.name}, p50`, median, "passes", `p90 ${most.toFixed(0)}${wanted ? ` (wanted <= ${wanted})` : ""}`);
  }
  line("one pass of the image encoder, processor time, p50", quantile(passes, 0.5), "ms");
}

async function measureDuplicates(engine: Engine): Promise<void> {
  const { duplicates } = engine.services;
  const before = process.memoryUsage.rss();
  const [started, used] = [performance.now(), process.cpuUsage()];
  const seconds = () => (performance.now() - started) / 1000;
  const processor = () => {
    const { user, system } = process.cpuUsage(used);
    return (user + system) / 1e6;
  };
  let neighbours: { seconds: number; processor: number } | null = null;
  let most = before;
  await duplicates.search();
  let state = duplicates.progress();
  while (state.state === "running" && processor() < DUPLICATES_S) {
    await sleep(200);
    state = duplicates.progress();
    most = Math.max(most, process.memoryUsage.rss());
    if (state.done >= PRODUCTS) neighbours ??= { seconds: seconds(), processor: processor() };
  }
  const stopped = state.state === "running";
  const share = (100 * state.done) / Math.max(1, state.total);
  if (neighbours !== null) {
    const { processor: used } = neighbours;
    line(
      "duplicates: nearest neighbours, processor time",
      used,
      "s",
      `${neighbours.seconds.toFixed(0)} s by the clock`,
    );
  }
  const note = stopped
    ? `stopped there, ${share.toFixed(0)} % done`
    : `${(await duplicates.state()).found} pairs to look at`;
  line("duplicates: all of it, processor time", processor(), "s", `${seconds().toFixed(0)} s by the clock; ${note}`);
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
