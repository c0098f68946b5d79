import { readFile } from "node:fs/promises";
import { createBatcher } from "../batcher.ts";
import { fingerprint } from "../fingerprint.ts";
import type { ImageEncoder, ImageEncoding } from "../port.ts";
import { probe } from "../probe.ts";
import { INPUT_SIZE, imageClasses, imageWeights, shippedImageEncoder } from "../shipped.ts";
import { createPool, workerCount } from "../thread-pool.ts";
import type { ImageBatchResult, ImageWorkerData } from "./image-worker.ts";

interface OnnxImageEncoderOptions {
  /** Folder with `efficientnet-lite0.onnx` and `imagenet-classes.json`. */
  weights: string;
  /** Encoder threads; 0 takes one a core. */
  workers?: number;
  /** Views that may wait a priority before BUSY. */
  capacity?: number;
}

/** Classes kept a view. */
const CLASSES = 5;
/** Larger batches are no faster a picture on a core, and a person's photo waits for the one that runs. */
const MAX_BATCH = 4;

/** EfficientNet-Lite0 in worker threads of this process, one core each. @throws Error where a file can't be read */
export async function createOnnxImageEncoder(options: OnnxImageEncoderOptions): Promise<ImageEncoder> {
  const { weights, workers = 0, capacity = 1024 } = options;
  const names: string[] = JSON.parse(await readFile(imageClasses(weights), "utf8"));
  const identity = await shippedImageEncoder(weights);
  const { dimensions } = identity;
  const threads = workerCount(workers);
  const workerData: ImageWorkerData = {
    model: imageWeights(weights),
    threads: 1,
    inputSize: INPUT_SIZE,
    classes: CLASSES,
  };
  const pool = createPool(new URL("./image-worker.ts", import.meta.url), threads, workerData);

  const batcher = createBatcher<Uint8Array, ImageEncoding>({
    concurrency: threads,
    maxBatch: MAX_BATCH,
    capacity,
    async run(views) {
      const { embeddings, classes } = await pool.run<Uint8Array[], ImageBatchResult>(views);
      return views.map((_, n) => ({
        embedding: embeddings.slice(n * dimensions, (n + 1) * dimensions),
        classes: (classes[n] ?? []).map(({ index, probability }) => ({ name: names[index] ?? "", probability })),
      }));
    },
  });

  const blank = () => new Uint8Array(3 * INPUT_SIZE * INPUT_SIZE).fill(127);
  return {
    fingerprint: fingerprint(identity),
    dimensions,
    inputSize: INPUT_SIZE,
    encode: (views, encodeOptions) => batcher.submit(views, encodeOptions),
    async warmUp() {
      // One for each thread: the first inference of a session allocates what the later ones reuse.
      await batcher.submit(Array.from({ length: threads }, blank));
    },
    health: () => probe(() => batcher.submit([blank()]), `${threads} threads`),
    async close() {
      await batcher.close();
      await pool.close();
    },
  };
}
