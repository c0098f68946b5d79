import { readFile } from "node:fs/promises";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { createBatcher } from "../batcher.ts";
import { fingerprint } from "../fingerprint.ts";
import type { ModelFile } from "../models-folder.ts";
import type { ImageEncoder, ImageEncoding } from "../port.ts";
import { probe } from "../probe.ts";
import { INPUT_SIZE, imageClasses, imageWeights, shippedImageEncoder } from "../shipped.ts";
import { createPool, workerCount } from "../thread-pool.ts";
import type { ExportedWorkerData } from "./exported-worker.ts";
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

/** A network, and the threads that run it. */
interface Network {
  fingerprint: string;
  dimensions: number;
  inputSize: number;
  space: string | null;
  worker: URL;
  workerData: ImageWorkerData | ExportedWorkerData;
}

/** EfficientNet-Lite0 in worker threads of this process, one core each. @throws Error where a file can't be read */
export async function createOnnxImageEncoder(options: OnnxImageEncoderOptions): Promise<ImageEncoder> {
  const { weights } = options;
  const identity = await shippedImageEncoder(weights);
  const network: Network = {
    fingerprint: fingerprint(identity),
    dimensions: identity.dimensions,
    inputSize: INPUT_SIZE,
    space: null,
    worker: new URL("./image-worker.ts", import.meta.url),
    workerData: { model: imageWeights(weights), threads: 1, inputSize: INPUT_SIZE, classes: CLASSES },
  };
  return createPooledEncoder(network, options);
}

/**
 * The same for a graph that `export` wrote.
 * @throws ShelfmatchError DATA_CORRUPT where it looks at no pictures; Error where a file can't be read
 */
export async function createExportedImageEncoder(
  model: ModelFile,
  options: OnnxImageEncoderOptions,
): Promise<ImageEncoder> {
  const { fingerprint, dimensions, side, space = null, file, name } = model;
  if (side === null) {
    const message = `The model ${name} reads texts and looks at no pictures. Choose another in encoder.imageModel.`;
    throw new ShelfmatchError("DATA_CORRUPT", message);
  }
  const worker = new URL("./exported-worker.ts", import.meta.url);
  const workerData: ExportedWorkerData = { model: file, threads: 1, inputSize: side };
  return createPooledEncoder({ fingerprint, dimensions, inputSize: side, space, worker, workerData }, options);
}

async function createPooledEncoder(
  { fingerprint, dimensions, inputSize, space, worker, workerData }: Network,
  { weights, workers = 0, capacity = 1024 }: OnnxImageEncoderOptions,
): Promise<ImageEncoder> {
  const names: string[] = JSON.parse(await readFile(imageClasses(weights), "utf8"));
  const threads = workerCount(workers);
  const pool = createPool(worker, threads, workerData);

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

  const blank = () => new Uint8Array(3 * inputSize * inputSize).fill(127);
  return {
    ...{ fingerprint, dimensions, inputSize, space },
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
