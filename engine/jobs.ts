import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { AdapterContext } from "./adapters.ts";
import { openBatches } from "./batch/batches.ts";
import type { openCalibrations } from "./calibrate/own-calibration.ts";
import { createRecalibrator } from "./calibrate/recalibrator.ts";
import { createCatalogEditor } from "./catalog/editor.ts";
import type { Catalog } from "./catalog/port.ts";
import type { LoadedConfig } from "./config/load.ts";
import { createCurator } from "./curate/curator.ts";
import type { Descriptions } from "./describe/descriptions.ts";
import type { Describer } from "./describe/port.ts";
import { createDrafter } from "./drafts/drafter.ts";
import { openDraftStore } from "./drafts/store.ts";
import { createDuplicates } from "./duplicates/duplicates.ts";
import type { createEncodingCache } from "./encode/cache.ts";
import type { ImageEncoder } from "./encode/port.ts";
import type { ViewEncoder } from "./encode/view-encoder.ts";
import { CATALOGUE_VIEWS } from "./encode/views.ts";
import { createEvaluator } from "./evaluate/evaluator.ts";
import { createExporter } from "./export/exporter.ts";
import { storedVectors } from "./export/stored-vectors.ts";
import { importedVectors } from "./import/imported-vectors.ts";
import { createImporter } from "./import/importer.ts";
import type { Collection } from "./index/port.ts";
import type { Journal } from "./journal/port.ts";
import { createLearner } from "./learn/learner.ts";
import { createMapper } from "./map/mapper.ts";
import type { Answerer } from "./match/answer.ts";
import type { Calibration } from "./match/calibration.ts";
import { bulkPlaces } from "./match/gate.ts";
import type { DecodedPicture } from "./picture/decode.ts";
import { createRivalOpener } from "./rival.ts";
import type { Indexer, Matcher } from "./services.ts";
import type { Sight } from "./sight/port.ts";

/** Pictures of batches at work at once, on however large a machine: each is held in memory, decoded. */
const BATCH_AT_ONCE = 8;

interface JobParts {
  dataFolder: string;
  config: LoadedConfig;
  /** What adapters are opened with. */
  context: AdapterContext;
  catalog: Catalog;
  journal: Journal;
  indexer: Indexer;
  matcher: Matcher;
  answer: Answerer;
  /** Notes the answers that are at work. */
  watch(answer: Answerer): Answerer;
  sight: Sight;
  calibrations: Awaited<ReturnType<typeof openCalibrations>>;
  /** The calibration that answers go by now. */
  measured(): Calibration;
  fingerprint: string;
  describer: Describer;
  descriptions: Descriptions;
  descriptionsFile: DatabaseSync;
  imageEncoder: ImageEncoder;
  viewEncoder: ViewEncoder;
  vectorCache: ReturnType<typeof createEncodingCache>;
  /** The vectors that are searched now. */
  searched(): Promise<{ collection: Collection }>;
  /** Pictures that are matched at once. */
  places: number;
  /** Notes how to close a part as soon as it is open. */
  owned<T extends { close(): Promise<void> }>(part: T): T;
  notice(message: string): void;
  log(
    component: string,
  ): (level: "debug" | "info" | "warn" | "error", message: string, data?: Record<string, unknown>) => void;
}

/** What works on the catalogue and on answers beside matching: most of it long, one at a time, told in the activity tray. */
export async function createJobs(parts: JobParts) {
  const { dataFolder, config, catalog, journal, indexer, matcher, answer, sight, calibrations, measured } = parts;
  const { fingerprint, describer, descriptions, descriptionsFile, imageEncoder, viewEncoder, vectorCache } = parts;
  const { context, searched, places, owned, notice, log, watch } = parts;
  const { encoder } = config.current;
  // Through the cache: a picture that was encoded on its way in is not decoded again to be indexed.
  const prepare = (picture: DecodedPicture) => viewEncoder.encode(picture, CATALOGUE_VIEWS, { priority: "bulk" });
  const intake = { ...config.current.limits, ...(encoder.cacheEntries > 0 ? { prepare } : {}) };
  const importer = owned(
    createImporter({
      catalog,
      indexer,
      limits: intake,
      folder: join(dataFolder, "imports"),
      web: () => config.current.imports,
      vectors: importedVectors(imageEncoder, vectorCache),
      onNotice: notice,
      log: log("import"),
    }),
  );
  const exporter = await createExporter({
    catalog,
    folder: join(dataFolder, "exports"),
    vectors: async () => storedVectors((await searched()).collection),
  });
  const editor = createCatalogEditor({ catalog, indexer, limits: intake });
  const curator = owned(
    createCurator({
      ...{ catalog, indexer, log: log("catalog") },
      collection: async () => (await searched()).collection,
    }),
  );
  const learner = createLearner({ journal, editor, config: () => config.current, log: log("learn") });
  const drafter = owned(
    createDrafter({
      ...{ catalog, editor, describer, descriptions },
      ...{ drafts: openDraftStore(descriptionsFile), log: log("drafts") },
    }),
  );
  const evaluator = owned(
    createEvaluator({
      ...{ folder: join(dataFolder, "evaluations"), catalog, journal, answer, viewEncoder, fingerprint },
      // Read at every evaluation.
      get calibration() {
        return measured();
      },
      config: () => config.current,
      idle: matcher.idle,
      openRival: createRivalOpener({
        ...{ context, config, catalog, sight, descriptions, calibration: measured, watch },
        searchedFingerprint: async () => (await searched()).collection.spec.image.fingerprint,
      }),
      log: log("evaluate"),
    }),
  );
  const batches = owned(
    openBatches({
      ...{ folder: join(dataFolder, "batches"), matcher, journal, catalog, config: () => config.current },
      ...{ atOnce: Math.min(BATCH_AT_ONCE, bulkPlaces(places)), log: log("batch") },
    }),
  );
  const duplicates = owned(
    await createDuplicates({
      catalog,
      collection: async () => (await searched()).collection,
      sight,
      indexer,
      file: join(dataFolder, "duplicates.json"),
      log: log("duplicates"),
    }),
  );
  const mapper = owned(
    createMapper({
      ...{ catalog, journal, folder: join(dataFolder, "maps"), log: log("map") },
      collection: async () => (await searched()).collection,
    }),
  );
  const recalibrator = owned(
    createRecalibrator({
      ...{ calibrations, catalog, journal, answer, fingerprint, idle: matcher.idle },
      config: () => config.current,
      log: log("calibration"),
    }),
  );
  return {
    importer,
    exporter,
    editor,
    curator,
    learner,
    drafter,
    evaluator,
    batches,
    duplicates,
    mapper,
    recalibrator,
  };
}
