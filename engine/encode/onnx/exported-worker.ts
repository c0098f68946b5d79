import { parentPort } from "node:worker_threads";
import { Tensor } from "onnxruntime-node";
import { workerData } from "piscina";
import { createTokenizer, padTokens, type TokenRules } from "../tokenizer.ts";
import type { ImageBatchResult } from "./image-worker.ts";
import { createSession } from "./session.ts";
import type { Classified } from "./softmax.ts";

/** Runs in a worker thread: a graph that `export` wrote, which scales, pools and normalises by itself. */

export interface ExportedWorkerData {
  model: string;
  threads: number;
  /** Side of the views in pixels, of an image encoder. */
  inputSize?: number;
  /** Of a text encoder. */
  tokens?: { file: string; rules: TokenRules };
}

const { model, threads, inputSize = 0, tokens } = workerData as ExportedWorkerData;

type Session = Awaited<ReturnType<typeof createSession>>;

/** @returns n views, uint8 [side, side, 3] each, to their embeddings and classes */
function imageEncoder(session: Session) {
  const area = 3 * inputSize * inputSize;
  return async (views: Uint8Array[]): Promise<ImageBatchResult> => {
    const pixels = new Uint8Array(views.length * area);
    for (const [n, view] of views.entries()) {
      if (view.length !== area) throw new Error(`a view of ${view.length} bytes, not ${area}`);
      pixels.set(view, n * area);
    }
    const outputs = await session.run({ views: new Tensor("uint8", pixels, [views.length, inputSize, inputSize, 3]) });
    const { embedding, class_index: index, class_probability: probability } = outputs;
    if (embedding === undefined) throw new Error("the graph gives no `embedding`");
    const classes = index?.dims[1] ?? 0;
    const indexes = (index?.data ?? []) as Int32Array;
    const probabilities = (probability?.data ?? []) as Float32Array;
    const classesOf = (row: number): Classified[] =>
      Array.from({ length: classes }, (_, n) => ({
        index: indexes[row * classes + n] ?? 0,
        probability: probabilities[row * classes + n] ?? 0,
      }));
    return { embeddings: embedding.data as Float32Array, classes: views.map((_, row) => classesOf(row)) };
  };
}

/** @returns n texts to their embeddings, float32 [n, dimensions] */
function textEncoder(session: Session, { file, rules }: NonNullable<ExportedWorkerData["tokens"]>) {
  const tokenise = createTokenizer(file, rules);
  return async (texts: string[]): Promise<Float32Array> => {
    const { ids, mask, shape } = padTokens(texts.map(tokenise));
    const feeds = { input_ids: new Tensor("int64", ids, shape), attention_mask: new Tensor("int64", mask, shape) };
    const { embedding } = await session.run(feeds);
    if (embedding === undefined) throw new Error("the graph gives no `embedding`");
    return embedding.data as Float32Array;
  };
}

async function initialise() {
  const session = await createSession(model, threads, { asWritten: true });
  return tokens === undefined ? imageEncoder(session) : textEncoder(session, tokens);
}

// Weights that can't be loaded fail every call in their own words. Awaited here: an idle thread of the pool sleeps
// without an event loop, and would go on loading only with its first task.
const encode = await initialise().catch((error: unknown) => () => Promise.reject(error));
parentPort?.postMessage("loaded");

export default encode;
