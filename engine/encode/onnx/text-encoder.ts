import { createBatcher } from "../batcher.ts";
import { fingerprint } from "../fingerprint.ts";
import type { TextEncoder } from "../port.ts";
import { probe } from "../probe.ts";
import { MAX_TOKENS, shippedTextEncoder, textTokenizer, textWeights } from "../shipped.ts";
import { createPool } from "../thread-pool.ts";
import type { TextWorkerData } from "./text-worker.ts";

interface OnnxTextEncoderOptions {
  /** Folder with `all-minilm-l6-v2.onnx` and `all-minilm-l6-v2-tokenizer.json`. */
  weights: string;
  /** Texts that may wait a priority before BUSY. */
  capacity?: number;
}

const MAX_BATCH = 8;

/** all-MiniLM-L6-v2 in one worker thread: a text takes a few milliseconds, beside pictures. @throws Error, see image */
export async function createOnnxTextEncoder({
  weights,
  capacity = 4096,
}: OnnxTextEncoderOptions): Promise<TextEncoder> {
  const identity = await shippedTextEncoder(weights);
  const { dimensions } = identity;
  const workerData: TextWorkerData = {
    model: textWeights(weights),
    tokenizer: textTokenizer(weights),
    threads: 1,
    maxTokens: MAX_TOKENS,
  };
  const pool = createPool(new URL("./text-worker.ts", import.meta.url), 1, workerData);
  const batcher = createBatcher<string, Float32Array>({
    concurrency: 1,
    maxBatch: MAX_BATCH,
    capacity,
    async run(texts) {
      const rows = await pool.run<string[], Float32Array>(texts);
      return texts.map((_, n) => rows.slice(n * dimensions, (n + 1) * dimensions));
    },
  });

  return {
    fingerprint: fingerprint(identity),
    dimensions,
    encode: (texts, options) => batcher.submit(texts, options),
    async warmUp() {
      await batcher.submit(["warm"]);
    },
    health: () => probe(() => batcher.submit(["Is anybody there?"]), "1 thread"),
    async close() {
      await batcher.close();
      await pool.close();
    },
  };
}
