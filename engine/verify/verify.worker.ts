import { loadOpenCv } from "../lib/opencv.ts";
import { canvasOf } from "./agreement.ts";
import { levelsOf } from "./aligned.ts";
import { comparePictures, type QueryPicture, type Verification } from "./compare.ts";
import { decodeFeatures, encodeFeatures } from "./feature-bytes.ts";
import { CATALOGUE_FEATURES, extractFeatures, QUERY_FEATURES, type RgbPixels } from "./features.ts";
import { sketchOf } from "./sketch.ts";

/** Features of a catalogue picture, to be stored. */
export interface ExtractTask {
  kind: "extract";
  picture: RgbPixels;
}

/** A query picture against stored features; null in the answer where those have to be extracted anew. */
export interface CompareTask {
  kind: "compare";
  picture: RgbPixels;
  catalogue: readonly { sku: string; hash: string; bytes: Uint8Array }[];
}

export type VerifyTask = ExtractTask | CompareTask;
export type VerifyResult<T extends VerifyTask> = T extends ExtractTask ? Uint8Array : (Verification | null)[];

/** A piscina task. */
export default async function run<T extends VerifyTask>(task: T): Promise<VerifyResult<T>>;
export default async function run(task: VerifyTask): Promise<Uint8Array | (Verification | null)[]> {
  const cv = await loadOpenCv();
  const { picture } = task;
  if (task.kind === "extract") {
    return encodeFeatures({
      features: extractFeatures(cv, picture, CATALOGUE_FEATURES),
      sketch: sketchOf(cv, picture),
    });
  }
  const query: QueryPicture = {
    features: extractFeatures(cv, picture, QUERY_FEATURES),
    canvas: canvasOf(cv, picture),
    levels: levelsOf(cv, picture),
  };
  return comparePictures(
    query,
    task.catalogue.map(({ sku, hash, bytes }) => ({ sku, hash, stored: decodeFeatures(bytes) })),
  );
}
