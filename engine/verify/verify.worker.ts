import { loadOpenCv } from "../lib/opencv.ts";
import { compareFeatures, type Verification } from "./compare.ts";
import { decodeFeatures, encodeFeatures } from "./feature-bytes.ts";
import { CATALOGUE_FEATURES, extractFeatures, QUERY_FEATURES, type RgbPixels } from "./features.ts";

/** Features of a catalogue picture, to be stored. */
export interface ExtractTask {
  kind: "extract";
  picture: RgbPixels;
}

/** A query picture against stored features; null in the answer where those have to be extracted anew. */
export interface CompareTask {
  kind: "compare";
  picture: RgbPixels;
  catalogue: readonly Uint8Array[];
}

export type VerifyTask = ExtractTask | CompareTask;
export type VerifyResult<T extends VerifyTask> = T extends ExtractTask ? Uint8Array : (Verification | null)[];

/** A piscina task. */
export default async function run<T extends VerifyTask>(task: T): Promise<VerifyResult<T>>;
export default async function run(task: VerifyTask): Promise<Uint8Array | (Verification | null)[]> {
  const cv = await loadOpenCv();
  if (task.kind === "extract") return encodeFeatures(extractFeatures(cv, task.picture, CATALOGUE_FEATURES));
  const query = extractFeatures(cv, task.picture, QUERY_FEATURES);
  const compared: (Verification | null)[] = [];
  for (const bytes of task.catalogue) {
    const stored = decodeFeatures(bytes);
    compared.push(stored === null ? null : await compareFeatures(query, stored));
  }
  return compared;
}
