import { type EncoderIdentity, hashFiles } from "./fingerprint.ts";
import { VIEWS_VERSION } from "./views.ts";

/** The encoders whose weights the app ships with: the same vectors whether this process or a server runs them. */

export const SHIPPED_IMAGE_MODEL = "efficientnet-lite0";
export const SHIPPED_TEXT_MODEL = "all-minilm-l6-v2";

/** Side of the image encoder's square input, in pixels. */
export const INPUT_SIZE = 224;
/** `max_seq_length` of sentence-transformers/all-MiniLM-L6-v2. */
export const MAX_TOKENS = 256;

/** Files of the folder `weights`. */
export const imageWeights = (weights: string) => `${weights}/efficientnet-lite0.onnx`;
export const imageClasses = (weights: string) => `${weights}/imagenet-classes.json`;
export const textWeights = (weights: string) => `${weights}/all-minilm-l6-v2.onnx`;
export const textTokenizer = (weights: string) => `${weights}/all-minilm-l6-v2-tokenizer.json`;

/** @throws Error where the weights can't be read */
export async function shippedImageEncoder(weights: string): Promise<EncoderIdentity> {
  return {
    model: SHIPPED_IMAGE_MODEL,
    weights: await hashFiles(imageWeights(weights)),
    precision: "fp16w",
    preprocessing: VIEWS_VERSION,
    dimensions: 1280,
  };
}

/** @throws Error where the weights or the tokenizer can't be read */
export async function shippedTextEncoder(weights: string): Promise<EncoderIdentity> {
  return {
    model: SHIPPED_TEXT_MODEL,
    weights: await hashFiles(textWeights(weights), textTokenizer(weights)),
    precision: "int8w",
    preprocessing: `mean-${MAX_TOKENS}-v1`,
    dimensions: 384,
  };
}
