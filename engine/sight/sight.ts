import { Piscina } from "piscina";
import type { Catalog } from "../catalog/port.ts";
import type { Sight } from "../match/answer.ts";
import { type DecodedPicture, decodePicture } from "../picture/decode.ts";
import type { ReadBarcode } from "../read/barcode.ts";
import { FEATURES_VERSION } from "../verify/feature-bytes.ts";
import { CATALOGUE_FEATURES, type RgbPixels } from "../verify/features.ts";
import type { CompareTask, ExtractTask, VerifyResult } from "../verify/verify.worker.ts";
import { openFeatureStore } from "./feature-store.ts";

interface SightOptions {
  catalog: Catalog;
  /** SQLite file that keeps the catalogue's local features. */
  cacheFile: string;
  /** Threads for comparing and barcodes; text has one of its own, so that a long one never holds up the rest. */
  threads: number;
  onNotice(message: string): void;
}

const worker = (file: string) => new URL(file, import.meta.url).href;
const VERIFY = worker("../verify/verify.worker.ts");
const BARCODES = worker("../read/barcode.worker.ts");
const TEXT = worker("../read/text.worker.ts");
/** Milliseconds that idle threads stay: OpenCV and the text reader hold some hundred megabytes. */
const IDLE_MS = 60_000;

const pixelsOf = ({ rgb, width, height }: DecodedPicture): RgbPixels => ({ rgb, width, height });

/** Looks at pixels beyond the encoder: barcodes, package text, local features; all in worker threads. */
export function createSight({
  catalog,
  cacheFile,
  threads,
  onNotice,
}: SightOptions): Sight & { close(): Promise<void> } {
  const store = openFeatureStore(cacheFile, String(FEATURES_VERSION), onNotice);
  const details = new Piscina({ minThreads: 0, maxThreads: threads, idleTimeout: IDLE_MS });
  const texts = new Piscina({ filename: TEXT, minThreads: 0, maxThreads: 1, idleTimeout: IDLE_MS });
  /** Extractions under way, so that two matches that want the same picture share one. */
  const extracting = new Map<string, Promise<Uint8Array>>();

  const run = async <T>(pool: Piscina, filename: string, task: unknown, signal?: AbortSignal): Promise<T> =>
    pool.run(task, signal === undefined ? { filename } : { filename, signal });

  async function extract(hash: string): Promise<Uint8Array> {
    const { bytes } = await catalog.picture(hash, "full");
    const picture = await decodePicture(bytes, { name: `picture ${hash.slice(0, 8)}`, side: CATALOGUE_FEATURES.side });
    const task: ExtractTask = { kind: "extract", picture: pixelsOf(picture) };
    const features = await run<VerifyResult<ExtractTask>>(details, VERIFY, task);
    store.set(hash, features);
    return features;
  }

  function featuresOf(hash: string): Promise<Uint8Array> | Uint8Array {
    const kept = store.get(hash);
    if (kept !== null) return kept;
    const known = extracting.get(hash);
    if (known !== undefined) return known;
    const started = extract(hash).finally(() => extracting.delete(hash));
    extracting.set(hash, started);
    return started;
  }

  return {
    async compare(picture, hashes, signal) {
      const task: CompareTask = {
        kind: "compare",
        picture: pixelsOf(picture),
        catalogue: await Promise.all(hashes.map(featuresOf)),
      };
      return run<VerifyResult<CompareTask>>(details, VERIFY, task, signal);
    },
    async barcodes(picture, signal) {
      const codes = await run<ReadBarcode[]>(details, BARCODES, pixelsOf(picture), signal);
      return codes.map(({ format, text }) => ({ format, text }));
    },
    text: (picture, signal) => run<string[]>(texts, TEXT, pixelsOf(picture), signal),
    async close() {
      await Promise.all([details.destroy(), texts.destroy()]);
      await store.close();
    },
  };
}
