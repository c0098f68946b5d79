import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { loadConfig } from "../../engine/config/load.ts";
import { rgbOf } from "../../engine/encode/view-encoder.ts";
import { CATALOGUE_VIEWS, cutViews, QUERY_PARTS, QUERY_VIEWS, WORKING_SIDE } from "../../engine/encode/views.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { seededRandom } from "../../engine/evaluate/metrics.ts";
import type { EmbeddedCollection } from "../../engine/index/embedded/collection.ts";
import { decodePicture } from "../../engine/picture/decode.ts";
import { lookAt } from "../../engine/picture/look.ts";
import { line, quantile, timeEach } from "./figures.ts";
import { importAll, makePictures } from "./pictures.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PICTURES = 324;
const QUERIES = 60;
const PRODUCTS = 10_000;
const DIMENSIONS = 1280;

const pythonFigures = z.object({ picturesPerSecond: z.number(), matchMs: z.number(), vectors: z.number() });

/** Unit vectors near real ones: each a mixture of two embeddings, so that they lie where embeddings lie. */
function mixtures(real: readonly Float32Array[], count: number): Float32Array {
  const random = seededRandom(9);
  const pick = () => real[Math.floor(random() * real.length)] ?? new Float32Array(DIMENSIONS);
  const all = new Float32Array(count * DIMENSIONS);
  for (let row = 0; row < count; row++) {
    const [a, b, share] = [pick(), pick(), 0.35 + random() * 0.3];
    const vector = all.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
    for (let i = 0; i < DIMENSIONS; i++) vector[i] = share * (a[i] ?? 0) + (1 - share) * (b[i] ?? 0);
    const length = Math.hypot(...vector);
    for (let i = 0; i < DIMENSIONS; i++) vector[i] = (vector[i] ?? 0) / length;
  }
  return all;
}

async function open(folder: string): Promise<Engine> {
  const config = await loadConfig({ dataFolder: folder });
  return createEngine({ dataFolder: folder, config, onNotice: console.error });
}

/** Fills the index with as many products as the plain loop searches; their catalogue rows come too, without pictures. */
async function fill(engine: Engine, vectors: Float32Array): Promise<void> {
  const skus = Array.from({ length: PRODUCTS }, (_, i) => `filler-${i}`);
  for (let from = 0; from < PRODUCTS; from += 500) {
    const some = skus.slice(from, from + 500);
    await (await engine.parts.collection()).replaceProducts(
      some.map((sku, offset) => ({
        sku,
        points: CATALOGUE_VIEWS.map((view, n) => {
          const row = (from + offset) * CATALOGUE_VIEWS.length + n;
          return {
            id: `${sku}/${view}`,
            vector: { name: "image" as const, values: vectors.slice(row * DIMENSIONS, (row + 1) * DIMENSIONS) },
            payload: {
              sku,
              pictureHash: null,
              category: `c${row % 20}`,
              brand: `b${row % 50}`,
              price: row % 100,
              currency: "EUR",
            },
          };
        }),
      })),
    );
  }
}

/**
 * The shipped engine beside a plain Python loop that does the same encoding and search. Both without package text;
 * the engine's import also checks, stores and thumbnails every picture, writes catalogue and journal, and survives a crash.
 */
export async function run(): Promise<void> {
  const python = process.env.BENCH_PYTHON;
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-"));
  const data = join(folder, "data");
  try {
    await makePictures(join(folder, "pictures"), PICTURES, 1);
    await makePictures(join(folder, "queries"), QUERIES, 2);
    await makePictures(join(folder, "samples"), QUERIES, 3);
    const engine = await open(data);
    const { imageEncoder, viewEncoder, answer } = engine.parts;
    const collection = await engine.parts.collection();
    const readAll = async (name: string) => {
      const files = await readdir(join(folder, name));
      return Promise.all(files.sort().map((file) => readFile(join(folder, name, file))));
    };
    // What is timed was never encoded before: the cache is the shipped one, and must have nothing to say.
    const [queries, samples] = await Promise.all([readAll("queries"), readAll("samples")]);
    const decoded = await Promise.all(samples.map((bytes) => decodePicture(bytes, { name: "sample" })));
    const real = (await Promise.all(decoded.map((picture) => viewEncoder.encode(picture, CATALOGUE_VIEWS)))).flat();
    const vectors = mixtures(
      real.map((one) => one.embedding),
      PRODUCTS * CATALOGUE_VIEWS.length,
    );
    await writeFile(join(folder, "vectors.f32"), new Uint8Array(vectors.buffer));

    const plain = async () => {
      const { stdout } = await promisify(execFile)(python ?? "", [
        join(import.meta.dirname, "plain_loop.py"),
        ...[
          "--model",
          join(ROOT, "triton", "weights", "efficientnet-lite0.onnx"),
          "--pictures",
          join(folder, "pictures"),
        ],
        ...[
          "--queries",
          join(folder, "queries"),
          "--views",
          CATALOGUE_VIEWS.join(),
          "--vectors",
          join(folder, "vectors.f32"),
        ],
        ...["--threads", String(availableParallelism())],
      ]);
      return pythonFigures.parse(JSON.parse(stdout));
    };
    const before = python ? await plain() : null;
    const rate = await importAll(engine, join(folder, "pictures"));
    await fill(engine, vectors);
    // The graph that a quiet half minute after an import would build.
    await (collection as Partial<EmbeddedCollection>).settle?.();

    const oneView = async (bytes: Uint8Array) => {
      const picture = await decodePicture(bytes, { name: "query", side: WORKING_SIDE });
      const [encoding] = await viewEncoder.encode(picture, ["whole"], { priority: "interactive" });
      if (encoding) await collection.search({ name: "image", vector: encoding.embedding, limit: 20 });
    };
    const first = async (bytes: Uint8Array) => {
      const picture = lookAt(bytes, { name: "query" });
      for await (const _ of answer({ picture }, { verify: 0, readText: false, readBarcodes: false })) return;
    };
    await timeEach(samples.slice(0, 10), oneView);
    const matches = await timeEach(queries, oneView);
    const firsts = await timeEach(queries, first);
    // Its views and the parts that are searched beside them: what the first answer encodes.
    const cut = await Promise.all(decoded.map((picture) => cutViews(rgbOf(picture), [...QUERY_VIEWS, ...QUERY_PARTS])));
    const batches = await timeEach(cut, (views) => imageEncoder.encode(views));
    const searches = await timeEach(real.slice(0, QUERIES), ({ embedding }) =>
      collection.search({ name: "image", vector: embedding, limit: 20 }),
    );
    const after = python ? await plain() : null;
    const memory = process.memoryUsage.rss() / 2 ** 20;
    await engine.close();

    const [matchMs, firstMs, batchMs] = [quantile(matches, 0.5), quantile(firsts, 0.5), quantile(batches, 0.5)];
    line(`import, ${CATALOGUE_VIEWS.length} views a picture`, rate, "pictures/s");
    line(`one-view match at ${PRODUCTS} products, p50`, matchMs, "ms");
    if (before && after) {
      // The better of its two runs, one before and one after the engine's: this machine's pace may have changed between.
      const pace = Math.max(before.picturesPerSecond, after.picturesPerSecond);
      const plainMs = Math.min(before.matchMs, after.matchMs);
      line(
        "  plain Python loop: the same views",
        pace,
        "pictures/s",
        `import is ${(rate / pace).toFixed(2)}x (wanted > 1)`,
      );
      line(
        "  plain Python loop: one view, exact search",
        plainMs,
        "ms",
        `match takes ${(matchMs / plainMs).toFixed(2)}x (wanted < 1)`,
      );
    } else console.log("the plain Python loop was left out: install python3 with venv");
    line("one encoder batch of a query's views and parts, p50", batchMs, "ms");
    line("first (visual) answer, p50", firstMs, "ms", `${(firstMs / batchMs).toFixed(2)}x one batch (wanted <= 1.5)`);
    line(
      `search at ${PRODUCTS} products, p50`,
      quantile(searches, 0.5),
      "ms",
      `p95 ${quantile(searches, 0.95).toFixed(1)} ms`,
    );
    line(`memory of the engine at ${PRODUCTS} products`, memory, "MiB");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
