import { parentPort } from "node:worker_threads";
import { Tensor } from "onnxruntime-node";
import { workerData } from "piscina";
import { createSession, normaliseRows } from "./session.ts";
import { type Classified, topClasses } from "./softmax.ts";

/** Runs in a worker thread: one session a thread, created once. */

export interface ImageWorkerData {
  model: string;
  threads: number;
  inputSize: number;
  /** Classes returned a view. */
  classes: number;
}

/** For n views: `embeddings` float32 [n, dimensions], each row L2-normalised, and n lists of classes. */
export interface ImageBatchResult {
  embeddings: Float32Array;
  classes: Classified[][];
}

const { model, threads, inputSize, classes } = workerData as ImageWorkerData;
const area = inputSize * inputSize;
let memory = new Float32Array(0);

/** The same memory for every batch: a thread runs one at a time, and fresh megabytes are zeroed and paged in each time. */
function tensorMemory(length: number): Float32Array {
  if (memory.length < length) memory = new Float32Array(length);
  return memory.subarray(0, length);
}

/** uint8 [n][side, side, 3] to float32 [n, 3, side, side], (value - 127) / 128 as the weights were trained on. */
function toTensor(views: Uint8Array[]): Tensor {
  const pixels = tensorMemory(views.length * 3 * area);
  for (const [n, view] of views.entries()) {
    if (view.length !== 3 * area) throw new Error(`a view of ${view.length} bytes, not ${3 * area}`);
    // One pass over the interleaved bytes: three passes, or a table, take three times as long.
    let red = n * 3 * area;
    for (let i = 0; i < view.length; i += 3, red++) {
      pixels[red] = ((view[i] as number) - 127) / 128;
      pixels[red + area] = ((view[i + 1] as number) - 127) / 128;
      pixels[red + 2 * area] = ((view[i + 2] as number) - 127) / 128;
    }
  }
  return new Tensor("float32", pixels, [views.length, 3, inputSize, inputSize]);
}

async function initialise() {
  const session = await createSession(model, threads);
  return async (views: Uint8Array[]): Promise<ImageBatchResult> => {
    const outputs = await session.run({ pixels: toTensor(views) }, ["embedding", "logits"]);
    const { embedding, logits } = outputs;
    if (embedding === undefined || logits === undefined) throw new Error("the model lacks `embedding` or `logits`");
    const dimensions = embedding.dims[1] ?? 0;
    const scores = logits.data as Float32Array;
    const count = logits.dims[1] ?? 0;
    return {
      embeddings: normaliseRows(embedding.data as Float32Array, dimensions),
      classes: views.map((_, n) => topClasses(scores.subarray(n * count, (n + 1) * count), classes)),
    };
  };
}

// Weights that can't be loaded fail every call in their own words. Awaited here: an idle thread of the pool sleeps
// without an event loop, and would go on loading only with its first task.
const encode = await initialise().catch((error: unknown) => () => Promise.reject(error));
parentPort?.postMessage("loaded");

export default encode;
