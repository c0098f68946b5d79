import { randomUUID } from "node:crypto";
import { createBatcher } from "../batcher.ts";
import { fingerprint } from "../fingerprint.ts";
import type { TextEncoder } from "../port.ts";
import { SHIPPED_TEXT_MODEL, shippedTextEncoder } from "../shipped.ts";
import { createPool } from "../thread-pool.ts";
import { type PaddedTokens, padTokens } from "../tokenizer.ts";
import { assertSister, type PictureTower, tokenizerOf } from "../tower.ts";
import type { InferReply, Tensor } from "./codec.ts";
import { createHealer } from "./healer.ts";
import { createTritonHealth } from "./health.ts";
import { type KnownModel, learnModel } from "./known-model.ts";
import { embeddingRows } from "./outputs.ts";
import { createServedModel } from "./served-model.ts";
import type { TritonServer } from "./server.ts";
import type { TokenWorkerData } from "./token-worker.ts";

interface TritonTextEncoderOptions {
  server: TritonServer;
  model: string;
  /** The setting that names it, for messages. */
  setting?: string;
  /** Folder with `all-minilm-l6-v2.onnx` and `all-minilm-l6-v2-tokenizer.json`. */
  weights: string;
  /** Folder of the engine's data: what a model other than the shipped one is, is kept there. */
  folder: string;
  /** Folder of models that a person put there: tokenizers of models other than the shipped one. */
  models?: string;
  /** What its vectors are to be compared with; null: with each other alone. */
  tower?: PictureTower | null;
  /** Texts that may wait a priority before BUSY. */
  capacity?: number;
  /** Told, in a sentence, of what had to be mended. */
  onNotice?(message: string): void;
}

/**
 * A text encoder on Triton that takes the word pieces of its own tokenizer, made here. The server need not be there yet,
 * unless the model is not the shipped one and was never seen.
 * @throws ShelfmatchError SERVICE_*, DATA_CORRUPT for such a model, SERVICE_MISMATCH where its tokenizer is not here or it
 *   is no such tower; Error where the weights can't be read
 */
export async function createTritonTextEncoder(options: TritonTextEncoderOptions): Promise<TextEncoder> {
  const { server, model, weights, folder, models, capacity = 4096, onNotice = () => {} } = options;
  const { setting = "triton.textModel", tower = null } = options;
  const healer = createHealer(server, model, onNotice);
  const known =
    model === SHIPPED_TEXT_MODEL
      ? await shipped(weights)
      : await learnModel({ server, model, healer, folder, onNotice });
  const { dimensions } = known;
  const named = `Triton's model ${model} at ${server.address}`;
  if (tower !== null) assertSister(known, tower, { named, setting });
  const { file, rules } = await tokenizerOf(known, { named, model, weights, models });
  const served = createServedModel({
    server,
    name: model,
    setting,
    identity: known,
    healer,
    expected: {
      inputs: [
        { name: "input_ids", datatype: "INT64", shape: [null] },
        { name: "attention_mask", datatype: "INT64", shape: [null] },
      ],
      outputs: [{ name: "embedding", datatype: "FP32", shape: [dimensions] }],
      parameters: {
        max_tokens: String(rules.maxTokens),
        tokenizer_sha256: rules.tokenizer,
        ...(tower === null ? {} : { space: tower.space }),
      },
    },
  });
  const workerData: TokenWorkerData = { file, rules };
  const pool = createPool(new URL("./token-worker.ts", import.meta.url), 1, workerData);

  const tensorsOf = ({ ids, mask, shape }: PaddedTokens): Tensor[] => [
    { name: "input_ids", datatype: "INT64", shape, data: [ids] },
    { name: "attention_mask", datatype: "INT64", shape, data: [mask] },
  ];
  const tokenise = async (texts: string[]) => tensorsOf(padTokens(await pool.run<string[], number[][]>(texts)));
  const vectorsOf = (outputs: InferReply["outputs"]) => embeddingRows(outputs, dimensions);

  const batcher = createBatcher<string, Float32Array>({
    concurrency: Math.max(1, server.connections >> 1),
    maxBatch: () => served.maxBatchSize,
    sharing: "fill",
    capacity,
    run: async (texts, { signal, priority }) =>
      served.infer(await tokenise(texts), vectorsOf, { priority: priority === "interactive" ? 1 : 2, signal }),
  });

  /** A text that was never sent before: the server's cache would answer for a model that is dead. */
  const unseen = () => `Is anybody there? ${randomUUID()}`;
  const health = createTritonHealth(served, model, async () => served.probe(await tokenise([unseen()]), vectorsOf));
  return {
    fingerprint: known.fingerprint,
    dimensions,
    encode: (texts, encodeOptions) => batcher.submit(texts, encodeOptions),
    async warmUp() {
      await batcher.submit([unseen()]);
    },
    health: health.now,
    async close() {
      health.close();
      await batcher.close();
      await pool.close();
    },
  };
}

async function shipped(weights: string): Promise<KnownModel> {
  const identity = await shippedTextEncoder(weights);
  return { fingerprint: fingerprint(identity), dimensions: identity.dimensions };
}
