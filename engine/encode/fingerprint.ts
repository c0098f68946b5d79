import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** Everything that moves a vector. Two encoders with the same identity give the same vectors. */
export interface EncoderIdentity {
  /** For example `efficientnet-lite0`. */
  model: string;
  /** SHA-256 of the weights file (and of the tokenizer, where there is one), lower-case hex. */
  weights: string;
  /** How weights are stored and computed with, for example `fp16w` (stored as FP16, computed in FP32). */
  precision: string;
  /** Version of what happens before the model: resizing, scaling, tokenising, pooling. */
  preprocessing: string;
  dimensions: number;
}

/** A short readable name of an encoder, such as `efficientnet-lite0-fp16w-1280-ab12cd34`. */
export function fingerprint({ model, weights, precision, preprocessing, dimensions }: EncoderIdentity): string {
  const identity = JSON.stringify([model, weights, precision, preprocessing, dimensions]);
  const digest = createHash("sha256").update(identity).digest("hex");
  return `${model}-${precision}-${dimensions}-${digest.slice(0, 8)}`;
}

/** SHA-256 of the files' contents, one after the other, lower-case hex. */
export async function hashFiles(...files: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) await pipeline(createReadStream(file), hash, { end: false });
  return hash.digest("hex");
}
