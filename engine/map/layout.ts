import { on } from "node:events";
import { Worker } from "node:worker_threads";
import type { LayoutOptions, LayoutReply, LayoutRequest } from "./layout.worker.ts";

/** Points of the plane, both coordinates in -1..1, in the order that the vectors came. */
export interface Plane {
  x: Float32Array;
  y: Float32Array;
}

interface LayoutWork extends LayoutOptions {
  /** float32 [some, dimensions], row by row: vectors of the set, spread over it, for finding the axes. */
  sample: Float32Array;
  /** float32 [some, dimensions] each; `most` vectors in all, at the most. */
  vectors: AsyncIterable<Float32Array>;
  onProgress(stage: "vectors" | "neighbours" | "layout", progress: number): void;
  signal: AbortSignal;
}

/** Vectors too few to have neighbourhoods lie on a circle. */
const LEAST = 6;

const onCircle = (count: number): Plane => {
  const angles = Float32Array.from({ length: count }, (_, at) => (2 * Math.PI * at) / Math.max(1, count));
  return { x: angles.map((angle) => Math.cos(angle) * 0.5), y: angles.map((angle) => Math.sin(angle) * 0.5) };
};

/** Both axes by one measure, so that distances stay what they are. */
function scaled({ x, y }: Plane): Plane {
  const least = (values: Float32Array) => values.reduce((low, value) => Math.min(low, value));
  const most = (values: Float32Array) => values.reduce((high, value) => Math.max(high, value));
  const [left, right, bottom, top] = [least(x), most(x), least(y), most(y)];
  const half = Math.max(right - left, top - bottom, Number.EPSILON) / 2;
  return {
    x: x.map((value) => (value - (left + right) / 2) / half),
    y: y.map((value) => (value - (bottom + top) / 2) / half),
  };
}

/**
 * Lays vectors out on a plane, in a thread of its own, in bounded memory: 100,000 products take 50 floats each.
 * @throws what the signal was aborted with; Error where the thread fails
 */
export async function layOut({ sample, vectors, onProgress, signal, ...options }: LayoutWork): Promise<Plane> {
  const rows = (values: Float32Array) => values.length / options.dimensions;
  if (rows(sample) < LEAST) {
    let count = 0;
    for await (const some of vectors) count += rows(some);
    return onCircle(count);
  }
  const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { workerData: options });
  const replies = on(worker, "message", { signal, close: ["exit"] })[Symbol.asyncIterator]();
  /** The next that it says; rejects where it ended instead. */
  async function hear(): Promise<LayoutReply> {
    const next = await replies.next();
    if (next.done === true) throw new Error("The thread that lays the map out ended early.");
    return next.value[0];
  }
  async function ask(request: LayoutRequest): Promise<void> {
    worker.postMessage(request);
    await hear();
  }
  try {
    await hear();
    await ask({ step: "axes", sample });
    let done = 0;
    for await (const some of vectors) {
      await ask({ step: "add", vectors: some });
      done += rows(some);
      onProgress("vectors", done / options.most);
    }
    worker.postMessage({ step: "layout" } satisfies LayoutRequest);
    onProgress("neighbours", 0);
    for (;;) {
      const said = await hear();
      if (said.said === "laid") return scaled(said);
      if (said.said === "progress") onProgress("layout", said.progress);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}
