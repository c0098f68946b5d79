import { fingerprint, hashFiles } from "../fingerprint.ts";
import type { TextEncoder } from "../port.ts";
import { createBatcher } from "./batcher.ts";
import { createPool } from "./pool.ts";
import { probe } from "./probe.ts";
import type { TextWorkerData } from "./text-worker.ts";

interface OnnxTextEncoderOptions {
  /** Folder with `all-minilm-l6-v2.onnx` and `all-minilm-l6-v2-tokenizer.json`. */
  weights: string;
  /** Texts that may wait a priority before BUSY. */
  capacity?: number;
}

const DIMENSIONS = 384;
/** `max_seq_length` of sentence-transformers/all-MiniLM-L6-v2. */
const MAX_TOKENS = 256;
const MAX_BATCH = 8;

/** all-MiniLM-L6-v2 in one worker thread: a text takes a few milliseconds, beside pictures. @throws Error, see image */
export async function createOnnxTextEncoder({
  weights,
  capacity = 4096,
}: OnnxTextEncoderOptions): Promise<TextEncoder> {
  const model = `${weights}/all-minilm-l6-v2.onnx`;
  const tokenizer = `${weights}/all-minilm-l6-v2-tokenizer.json`;
  const identity = {
    model: "all-minilm-l6-v2",
    weights: await hashFiles(model, tokenizer),
    precision: "int8w",
    preprocessing: `mean-${MAX_TOKENS}-v1`,
    dimensions: DIMENSIONS,
  };
  const workerData: TextWorkerData = { model, tokenizer, threads: 1, maxTokens: MAX_TOKENS };
  const pool = createPool(new URL("./text-worker.ts", import.meta.url), 1, workerData);
  const batcher = createBatcher<string, Float32Array>({
    concurrency: 1,
    maxBatch: MAX_BATCH,
    capacity,
    async run(texts) {
      const rows = await pool.run<string[], Float32Array>(texts);
      return texts.map((_, n) => rows.slice(n * DIMENSIONS, (n + 1) * DIMENSIONS));
    },
  });

  return {
    fingerprint: fingerprint(identity),
    dimensions: DIMENSIONS,
    encode: (texts, options) => batcher.submit(texts, options),
    async warmUp() {
      await batcher.submit(["warm"]);
    },
    health: () => probe(() => batcher.submit(["Is anybody there?"]), "1 thread"),
    async close() {
      batcher.close();
      await pool.close();
    },
  };
}
