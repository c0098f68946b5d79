import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { layOut } from "../../engine/map/layout.ts";
import { line } from "./figures.ts";
import { type RealEmbeddings, realEmbeddings, writeVector } from "./index-data.ts";

/** The map of the catalogue: how long it takes, what the engine feels of it, and whether neighbours stay neighbours. */

const SIZES = [10_000, 100_000];
const SAMPLE = 6_000;
const AT_ONCE = 500;
/** Products that are looked at for their neighbours on the plane. */
const LOOKED_AT = 300;

function rows(real: RealEmbeddings, products: readonly number[]): Float32Array {
  const { dimensions } = real;
  const all = new Float32Array(products.length * dimensions);
  for (const [at, product] of products.entries()) {
    writeVector(real, product, 0, all.subarray(at * dimensions, (at + 1) * dimensions));
  }
  return all;
}

async function* inParts(real: RealEmbeddings, count: number): AsyncGenerator<Float32Array> {
  for (let from = 0; from < count; from += AT_ONCE) {
    yield rows(
      real,
      Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => from + at),
    );
  }
}

/** Share of products whose nearest on the plane is mostly of the same photograph, as theirs is in the vectors' space. */
function neighbourly({ x, y }: { x: Float32Array; y: Float32Array }, pictures: number): number {
  let kept = 0;
  for (let n = 0; n < LOOKED_AT; n++) {
    const one = Math.floor((n * x.length) / LOOKED_AT);
    let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
    for (let other = 0; other < x.length; other++) {
      const distance = Math.hypot((x[one] ?? 0) - (x[other] ?? 0), (y[one] ?? 0) - (y[other] ?? 0));
      if (other !== one && distance < least) [nearest, least] = [other, distance];
    }
    if (nearest % pictures === one % pictures) kept++;
  }
  return kept / LOOKED_AT;
}

export async function run(): Promise<void> {
  const real = await realEmbeddings();
  for (const count of SIZES) {
    const sample = rows(
      real,
      Array.from({ length: Math.min(SAMPLE, count) }, (_, at) => Math.floor((at * count) / Math.min(SAMPLE, count))),
    );
    const started = performance.now();
    let laidFrom = started;
    const delays = monitorEventLoopDelay({ resolution: 10 });
    const plane = await layOut({
      ...{ most: count, dimensions: real.dimensions, threads: availableParallelism(), sample },
      vectors: inParts(real, count),
      onProgress(stage) {
        if (stage === "neighbours") {
          laidFrom = performance.now();
          // Before that the vectors are made here, which is the benchmark's own work.
          delays.enable();
        }
      },
      signal: new AbortController().signal,
    });
    delays.disable();
    const name = `${count.toLocaleString("en")} products`;
    line(`${name}: PCA and projection`, (laidFrom - started) / 1000, "s", "the making of the vectors included");
    line(`${name}: neighbours and UMAP`, (performance.now() - laidFrom) / 1000, "s");
    line(`${name}: engine's loop delayed, p99`, delays.percentile(99) / 1e6, "ms");
    line(
      `${name}: nearest is of the same picture`,
      neighbourly(plane, real.count),
      "share",
      `of ${real.count} pictures`,
    );
  }
}
