import { availableParallelism } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import sharp from "sharp";
import type { Health } from "../shared/contract/system.ts";
import { createCatalogEditor } from "./catalog/editor.ts";
import { openSqliteCatalog } from "./catalog/sqlite/sqlite.ts";
import type { LoadedConfig } from "./config/load.ts";
import { createEncodingCache } from "./encode/cache.ts";
import { createOnnxImageEncoder } from "./encode/onnx/image-encoder.ts";
import { createOnnxTextEncoder } from "./encode/onnx/text-encoder.ts";
import type { ImageEncoder } from "./encode/port.ts";
import { createViewEncoder, type ViewEncoder } from "./encode/view-encoder.ts";
import { CATALOGUE_VIEWS } from "./encode/views.ts";
import { createEvaluator } from "./evaluate/evaluator.ts";
import { createImporter } from "./import/importer.ts";
import { openEmbeddedIndex } from "./index/embedded/embedded.ts";
import { createPointMaker } from "./index/points.ts";
import type { Collection } from "./index/port.ts";
import { createReconciler } from "./index/reconciler.ts";
import { createLogger, type Logger } from "./journal/logger.ts";
import { openSqliteJournal } from "./journal/sqlite/journal.ts";
import { type Answerer, createAnswerer } from "./match/answer.ts";
import type { Calibration } from "./match/calibration.ts";
import { loadCalibration } from "./match/load-calibration.ts";
import { createMatcher } from "./match/matcher.ts";
import { createQueryEncoder } from "./match/query-encoder.ts";
import type { DecodedPicture } from "./picture/decode.ts";
import type { EngineServices } from "./services.ts";
import { createSight } from "./sight/sight.ts";
import { VERSION } from "./version.ts";

export interface EngineOptions {
  /** Catalogue, vectors, journal and settings live here; the caller holds its lock. */
  dataFolder: string;
  config: LoadedConfig;
  /** Told, in a sentence for the user, of what could not be used as it was. */
  onNotice(message: string): void;
  /** Another calibration than the shipped one; for measuring a new one. */
  calibration?: Calibration;
}

export interface Engine {
  services: EngineServices;
  logger: Logger;
  /** What measuring needs to look at on its own. */
  parts: { answer: Answerer; imageEncoder: ImageEncoder; viewEncoder: ViewEncoder; collection: Collection };
  /** Loads what only a match needs, so that the first one need not wait for it; for a host that stays. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

// ONNX Runtime's builds report their use to Microsoft (OneCollector) and leave a device id in the user's cache unless told
// not to before the library loads, in whichever thread: nothing leaves this machine.
process.env.ORT_DISABLE_TELEMETRY = "1";

// One thread a picture: pictures are decoded side by side anyway, and threads that share a small one cost a third more.
sharp.concurrency(1);

const WEIGHTS = join(import.meta.dirname, "..", "triton", "weights");
/** Products embedded side by side: decoding one while another is encoded. */
const EMBEDDED_AT_ONCE = 8;

/** Puts the embedded profile together. Whatever had been opened is closed again when a later part fails. */
export async function createEngine({ dataFolder, config, onNotice, calibration }: EngineOptions): Promise<Engine> {
  const startedAt = Date.now();
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  /** Notes how to close a part as soon as it is open. */
  const owned = <T extends { close(): Promise<void> }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };

  try {
    const { encoder, journal: journalSettings } = config.current;
    const journal = owned(
      await openSqliteJournal({ folder: join(dataFolder, "journal"), settings: journalSettings, onNotice }),
    );
    const logger = createLogger(journal, { level: journalSettings.level });
    const notice = (message: string) => {
      logger.warn(message);
      onNotice(message);
    };
    const log = (component: string) => {
      const child = logger.child({ component });
      return (level: "debug" | "info" | "warn" | "error", message: string, data: Record<string, unknown> = {}) =>
        child[level](data, message);
    };

    const [catalog, imageEncoder, textEncoder] = await Promise.all([
      openSqliteCatalog({ folder: join(dataFolder, "catalog"), onNotice: notice }).then(owned),
      createOnnxImageEncoder({ weights: WEIGHTS, workers: encoder.workers }).then(owned),
      createOnnxTextEncoder({ weights: WEIGHTS }).then(owned),
    ]);
    const index = owned(await openEmbeddedIndex({ folder: join(dataFolder, "index"), onNotice: notice }));
    const collection = await index.open({ image: imageEncoder, text: textEncoder });
    await Promise.all([imageEncoder.warmUp(), textEncoder.warmUp()]);

    const viewEncoder = createViewEncoder(imageEncoder, createEncodingCache(encoder.cacheEntries));
    const pointsOf = createPointMaker({ catalog, viewEncoder, textEncoder });
    const limit = pLimit(EMBEDDED_AT_ONCE);
    const indexer = owned(
      createReconciler({
        catalog,
        collection,
        embed: ({ product }, signal) => limit(() => pointsOf(product, signal)),
        log: log("index"),
      }),
    );
    await indexer.compare();
    indexer.nudge();

    const sight = owned(
      createSight({
        catalog,
        cacheFile: join(dataFolder, "features.sqlite"),
        threads: Math.min(2, availableParallelism()),
        onNotice: notice,
      }),
    );
    const measured = calibration ?? (await loadCalibration());
    const fingerprint = imageEncoder.fingerprint;
    const answer = createAnswerer({
      catalog,
      collection,
      textEncoder,
      queryEncoder: createQueryEncoder(viewEncoder),
      sight,
      calibration: measured,
    });
    const matcher = createMatcher({
      answer,
      journal,
      pending: async () => (await catalog.counts()).pending,
      calibration: measured,
      config: () => config.current,
      fingerprint,
      concurrency: Math.max(2, availableParallelism()),
    });
    // Through the cache: a picture that was encoded on its way in is not decoded again to be indexed.
    const prepare = (picture: DecodedPicture) => viewEncoder.encode(picture, CATALOGUE_VIEWS, { priority: "bulk" });
    const intake = { ...config.current.limits, ...(encoder.cacheEntries > 0 ? { prepare } : {}) };
    const importer = owned(
      createImporter({
        catalog,
        indexer,
        limits: intake,
        log: log("import"),
      }),
    );
    const editor = createCatalogEditor({ catalog, indexer, limits: intake });
    const evaluator = createEvaluator({
      catalog,
      answer,
      calibration: measured,
      config: () => config.current,
      fingerprint,
    });
    config.onChange((changed) => {
      journal.applySettings(changed.journal);
      logger.level = changed.journal.level;
    });

    const readyAt = Date.now();
    async function health(): Promise<Omit<Health, "dataFolder">> {
      const [image, indexHealth, catalogue, journalHealth, products] = await Promise.all([
        imageEncoder.health(),
        index.health(),
        catalog.health(),
        journal.health(),
        catalog.counts(),
      ]);
      const components: Health["components"] = [
        { name: "encoder", adapter: "onnx", ...image },
        { name: "index", adapter: "embedded", ...indexHealth },
        { name: "catalogue", adapter: "sqlite", ...catalogue },
        { name: "journal", adapter: "sqlite", ...journalHealth },
      ];
      const states = components.map((component) => component.state);
      return {
        status: states.every((state) => state === "ready") ? "ready" : states.includes("down") ? "down" : "degraded",
        version: VERSION,
        profile: "embedded",
        fingerprint: { image: imageEncoder.fingerprint, text: textEncoder.fingerprint },
        components,
        products,
        uptimeSeconds: Math.round((Date.now() - startedAt) / 1000),
        startMs: readyAt - startedAt,
        memoryBytes: process.memoryUsage.rss(),
      };
    }

    logger.info(
      { fingerprint, products: (await catalog.counts()).total, startMs: readyAt - startedAt },
      "The engine is ready",
    );
    return {
      services: { catalog, editor, journal, matcher, importer, indexer, evaluator, health },
      logger,
      parts: { answer, imageEncoder, viewEncoder, collection },
      warmUp: () => sight.warmUp(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
