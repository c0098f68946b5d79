import { readFile } from "node:fs/promises";
import { fingerprint, hashFiles } from "../fingerprint.ts";
import type { ImageEncoder, ImageEncoding } from "../port.ts";
import { VIEWS_VERSION } from "../views.ts";
import { createBatcher } from "./batcher.ts";
import type { ImageBatchResult, ImageWorkerData } from "./image-worker.ts";
import { createPool, workerCount } from "./pool.ts";
import { probe } from "./probe.ts";

interface OnnxImageEncoderOptions {
  /** Folder with `efficientnet-lite0.onnx` and `imagenet-classes.json`. */
  weights: string;
  /** Encoder threads; 0 takes one a core. */
  workers?: number;
  /** Views that may wait a priority before BUSY. */
  capacity?: number;
}

const INPUT_SIZE = 224;
const DIMENSIONS = 1280;
/** Classes kept a view. */
const CLASSES = 5;
/** Larger batches are no faster a picture on a core, and a person's photo waits for the one that runs. */
const MAX_BATCH = 4;

/** EfficientNet-Lite0 in worker threads of this process, one core each. @throws Error where a file can't be read */
export async function createOnnxImageEncoder(options: OnnxImageEncoderOptions): Promise<ImageEncoder> {
  const { weights, workers = 0, capacity = 1024 } = options;
  const model = `${weights}/efficientnet-lite0.onnx`;
  const names: string[] = JSON.parse(await readFile(`${weights}/imagenet-classes.json`, "utf8"));
  const identity = {
    model: "efficientnet-lite0",
    weights: await hashFiles(model),
    precision: "fp16w",
    preprocessing: VIEWS_VERSION,
    dimensions: DIMENSIONS,
  };
  const threads = workerCount(workers);
  const workerData: ImageWorkerData = { model, threads: 1, inputSize: INPUT_SIZE, classes: CLASSES };
  const pool = createPool(new URL("./image-worker.ts", import.meta.url), threads, workerData);

  const batcher = createBatcher<Uint8Array, ImageEncoding>({
    concurrency: threads,
    maxBatch: MAX_BATCH,
    capacity,
    async run(views) {
      const { embeddings, classes } = await pool.run<Uint8Array[], ImageBatchResult>(views);
      return views.map((_, n) => ({
        embedding: embeddings.slice(n * DIMENSIONS, (n + 1) * DIMENSIONS),
        classes: (classes[n] ?? []).map(({ index, probability }) => ({ name: names[index] ?? "", probability })),
      }));
    },
  });

  const blank = () => new Uint8Array(3 * INPUT_SIZE * INPUT_SIZE).fill(127);
  return {
    fingerprint: fingerprint(identity),
    dimensions: DIMENSIONS,
    inputSize: INPUT_SIZE,
    encode: (views, encodeOptions) => batcher.submit(views, encodeOptions),
    async warmUp() {
      // One for each thread: the first inference of a session allocates what the later ones reuse.
      await batcher.submit(Array.from({ length: threads }, blank));
    },
    health: () => probe(() => batcher.submit([blank()]), `${threads} threads`),
    async close() {
      batcher.close();
      await pool.close();
    },
  };
}
