import type { Catalog } from "../catalog/port.ts";
import { type DecodedPicture, decodePicture } from "../picture/decode.ts";
import type { ReadBarcode } from "../read/barcode.ts";
import { FEATURES_VERSION } from "../verify/feature-bytes.ts";
import { CATALOGUE_FEATURES, type RgbPixels } from "../verify/features.ts";
import type { CompareTask, ExtractTask, VerifyResult } from "../verify/verify.worker.ts";
import { openFeatureStore } from "./feature-store.ts";
import type { Sight } from "./port.ts";
import { createTaskPool } from "./task-pool.ts";

interface SightOptions {
  catalog: Catalog;
  /** SQLite file that keeps the catalogue's local features. */
  cacheFile: string;
  /** Threads for comparing and barcodes; text has one of its own, so that a long one never holds up the rest. */
  threads: number;
  onNotice(message: string): void;
}

const VERIFY = new URL("../verify/verify.worker.ts", import.meta.url);
const BARCODES = new URL("../read/barcode.worker.ts", import.meta.url);
const TEXT = new URL("../read/text.worker.ts", import.meta.url);

const pixelsOf = ({ rgb, width, height }: DecodedPicture): RgbPixels => ({ rgb, width, height });

interface OpenSight extends Sight {
  /** Loads what the first match would wait for. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** A picture with nothing on it. */
const BLANK: RgbPixels = { rgb: new Uint8Array(64 * 64 * 3).fill(255), width: 64, height: 64 };

/** Looks at pixels beyond the encoder: barcodes, package text, local features; all in worker threads. */
export function createSight({ catalog, cacheFile, threads, onNotice }: SightOptions): OpenSight {
  const store = openFeatureStore(cacheFile, String(FEATURES_VERSION), onNotice);
  const details = createTaskPool(threads);
  const texts = createTaskPool(1);
  /** Extractions under way, so that two matches that want the same picture share one. */
  const extracting = new Map<string, Promise<Uint8Array>>();

  async function extract(hash: string): Promise<Uint8Array> {
    const { bytes } = await catalog.picture(hash, "full");
    const picture = await decodePicture(bytes, { name: `picture ${hash.slice(0, 8)}`, side: CATALOGUE_FEATURES.side });
    const task: ExtractTask = { kind: "extract", picture: pixelsOf(picture) };
    const features = await details.run<VerifyResult<ExtractTask>>(VERIFY, task);
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
    async prepare(hash) {
      if (store.get(hash) !== null) return false;
      await featuresOf(hash);
      return true;
    },
    async compare(picture, pictures, signal) {
      // Variants often share their only picture: it is compared once for all. Of several, what one says depends on the others.
      const products = Map.groupBy(pictures, ({ sku }) => sku);
      const keyOf = ({ sku, hash }: (typeof pictures)[number]) =>
        (products.get(sku)?.length ?? 0) > 1 ? `${sku}\n${hash}` : hash;
      const distinct = new Map(pictures.map((one) => [keyOf(one), one]));
      const task: CompareTask = {
        kind: "compare",
        picture: pixelsOf(picture),
        catalogue: await Promise.all(
          [...distinct.values()].map(async (one) => ({ ...one, bytes: await featuresOf(one.hash) })),
        ),
      };
      const results = await details.run<VerifyResult<CompareTask>>(VERIFY, task, signal);
      const byKey = new Map([...distinct.keys()].map((key, at) => [key, results[at] ?? null]));
      return pictures.map((one) => byKey.get(keyOf(one)) ?? null);
    },
    async barcodes(picture, signal) {
      const codes = await details.run<ReadBarcode[]>(BARCODES, pixelsOf(picture), signal);
      return codes.map(({ format, text }) => ({ format, text }));
    },
    text: (picture, signal) => texts.run<string[]>(TEXT, pixelsOf(picture), signal),
    async warmUp() {
      const nothing: CompareTask = { kind: "compare", picture: BLANK, catalogue: [] };
      await Promise.all([details.run(VERIFY, nothing), details.run(BARCODES, BLANK), texts.run(TEXT, BLANK)]);
    },
    async close() {
      await Promise.all([details.close(), texts.close()]);
      await store.close();
    },
  };
}
