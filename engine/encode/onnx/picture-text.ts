import { createBatcher } from "../batcher.ts";
import { assertWhole, listModelFiles } from "../models-folder.ts";
import type { ImageEncoder, PictureTextEncoder } from "../port.ts";
import { probe } from "../probe.ts";
import { createPool } from "../thread-pool.ts";
import { assertSister, tokenizerOf } from "../tower.ts";
import type { ExportedWorkerData } from "./exported-worker.ts";

interface PictureTextOptions {
  image: Pick<ImageEncoder, "space" | "dimensions">;
  /** Folder of the shipped weights. */
  weights: string;
  /** Folder of models that a person put there: the sister of the image encoder, and its tokenizer. */
  models: string;
}

const MAX_BATCH = 8;
const NONE: PictureTextEncoder = {
  encode: async () => null,
  warmUp: async () => {},
  health: async () => null,
  close: async () => {},
};

/** One that can't be used, and says why to each call: words are then compared with texts alone. */
function refusing(error: unknown): PictureTextEncoder {
  const detail = error instanceof Error ? error.message : String(error);
  const refuse = () => Promise.reject(error);
  return { ...NONE, encode: refuse, warmUp: refuse, health: async () => ({ state: "down", detail }) };
}

/**
 * The sister of an image encoder in the folder, in one worker thread: words find pictures where both lie there.
 * @returns one that has nothing to say where there is no sister, or refuses with SERVICE_MISMATCH or DATA_CORRUPT where
 *   it can't be used
 */
export async function createOnnxPictureText(options: PictureTextOptions): Promise<PictureTextEncoder> {
  return openSister(options).catch(refusing);
}

async function openSister({
  image: { space, dimensions },
  weights,
  models,
}: PictureTextOptions): Promise<PictureTextEncoder> {
  if (space === null) return NONE;
  const sister = (await listModelFiles(models)).models.find((one) => one.space === space && one.side === null);
  if (sister === undefined) return NONE;
  const named = `The model ${sister.name} in ${models}`;
  assertSister(sister, { space, dimensions }, { named, setting: "encoder.imageModel" });
  await assertWhole(sister);
  const tokens = await tokenizerOf(sister, { named, model: sister.name, weights, models });
  const workerData: ExportedWorkerData = { model: sister.file, threads: 1, tokens };
  const pool = createPool(new URL("./exported-worker.ts", import.meta.url), 1, workerData);
  const batcher = createBatcher<string, Float32Array>({
    concurrency: 1,
    maxBatch: MAX_BATCH,
    capacity: 1024,
    async run(texts) {
      const rows = await pool.run<string[], Float32Array>(texts);
      return texts.map((_, n) => rows.slice(n * dimensions, (n + 1) * dimensions));
    },
  });
  return {
    encode: (texts, options) => batcher.submit(texts, options),
    async warmUp() {
      await batcher.submit(["warm"]);
    },
    health: () => probe(() => batcher.submit(["Is anybody there?"]), `model ${sister.name}, 1 thread`),
    async close() {
      await batcher.close();
      await pool.close();
    },
  };
}
