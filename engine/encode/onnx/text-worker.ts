import { parentPort } from "node:worker_threads";
import { Tensor } from "onnxruntime-node";
import { workerData } from "piscina";
import { createTokenizer, padTokens } from "../tokenizer.ts";
import { createSession, normaliseRows } from "./session.ts";

/** Runs in a worker thread: tokenises, encodes and pools, so that long descriptions never hold up the event loop. */

export interface TextWorkerData {
  model: string;
  tokenizer: string;
  threads: number;
  /** Word pieces read of a text, the two marks around it among them; the rest is left out. */
  maxTokens: number;
}

const { model, tokenizer: tokenizerFile, threads, maxTokens } = workerData as TextWorkerData;

/** Mean of the hidden states [n, length, width] over each text's own tokens: [n, width]. */
function meanPool(hidden: Float32Array, lengths: number[], length: number, width: number): Float32Array {
  const pooled = new Float32Array(lengths.length * width);
  for (const [n, tokens] of lengths.entries()) {
    for (let token = 0; token < tokens; token++) {
      const from = (n * length + token) * width;
      for (let i = 0; i < width; i++) pooled[n * width + i] = (pooled[n * width + i] ?? 0) + (hidden[from + i] ?? 0);
    }
    for (let i = 0; i < width; i++) pooled[n * width + i] = (pooled[n * width + i] ?? 0) / tokens;
  }
  return pooled;
}

async function initialise() {
  const session = await createSession(model, threads);
  const tokenise = createTokenizer(tokenizerFile, { maxTokens, lowerCase: false, endMark: null });
  /** @returns float32 [texts, dimensions], each row L2-normalised */
  return async (texts: string[]): Promise<Float32Array> => {
    const tokens = texts.map(tokenise);
    const { ids, mask, shape } = padTokens(tokens);
    const { last_hidden_state: hidden } = await session.run({
      input_ids: new Tensor("int64", ids, shape),
      attention_mask: new Tensor("int64", mask, shape),
      token_type_ids: new Tensor("int64", new BigInt64Array(ids.length), shape),
    });
    if (hidden === undefined) throw new Error("the model lacks `last_hidden_state`");
    const width = hidden.dims[2] ?? 0;
    const lengths = tokens.map((row) => row.length);
    return normaliseRows(meanPool(hidden.data as Float32Array, lengths, shape[1], width), width);
  };
}

// Weights that can't be loaded fail every call in their own words. Awaited here: an idle thread of the pool sleeps
// without an event loop, and would go on loading only with its first task.
const encode = await initialise().catch((error: unknown) => () => Promise.reject(error));
parentPort?.postMessage("loaded");

export default encode;
