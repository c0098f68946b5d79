import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { isServiceError } from "../shared/errors.ts";
import { createAbout } from "./about.ts";
import { createActivities } from "./activity/activities.ts";
import { activitySources } from "./activity/sources.ts";
import {
  type AdapterContext,
  openCatalog,
  openDescriber,
  openEncoders,
  openFormerEncoders,
  openIndex,
  openJournal,
  openStore,
} from "./adapters.ts";
import { createDataKeeper } from "./backup/keeper.ts";
import { openCalibrations } from "./calibrate/own-calibration.ts";
import type { LoadedConfig } from "./config/load.ts";
import { partsOf } from "./config/parts.ts";
import { openDescriptionsDatabase } from "./describe/database.ts";
import { createDescriptions } from "./describe/descriptions.ts";
import { openKeptDescriptions } from "./describe/kept.ts";
import { createEncodingCache } from "./encode/cache.ts";
import type { ImageEncoder } from "./encode/port.ts";
import type { ViewEncoder } from "./encode/view-encoder.ts";
import { createEncoderChooser } from "./encoders.ts";
import { createHealthCheck } from "./health.ts";
import type { Collection } from "./index/port.ts";
import { createReconciler } from "./index/reconciler.ts";
import { createReembedding } from "./index/reembedding.ts";
import { createJobs } from "./jobs.ts";
import { createLogger, type Logger } from "./journal/logger.ts";
import { closePart } from "./lib/close-part.ts";
import { type Answerer, createAnswerer } from "./match/answer.ts";
import type { Calibration } from "./match/calibration.ts";
import { loadCalibration } from "./match/load-calibration.ts";
import { createMatcher } from "./match/matcher.ts";
import { watchAnswers } from "./match/running.ts";
import { createMover } from "./move/mover.ts";
import type { EngineServices } from "./services.ts";
import { createSides } from "./sides.ts";
import { startPreparer } from "./sight/preparer.ts";
import { createSight } from "./sight/sight.ts";
import { createStackControl } from "./stack/control.ts";
import { createDocker } from "./stack/docker.ts";
import { adoptServices } from "./stack/own-services.ts";
import { INSTALLED } from "./version.ts";

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
  parts: {
    answer: Answerer;
    imageEncoder: ImageEncoder;
    viewEncoder: ViewEncoder;
    /** The vectors that are searched now. */
    collection(): Promise<Collection>;
  };
  /** Loads what only a match needs, so that the first one need not wait for it; for a host that stays. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

// ONNX Runtime's builds report their use to Microsoft (OneCollector) and leave a device id in the user's cache unless told
// not to before the library loads, in whichever thread: nothing leaves this machine.
process.env.ORT_DISABLE_TELEMETRY = "1";

// One thread a picture: pictures are decoded side by side anyway, and threads that share a small one cost a third more.
sharp.concurrency(1);

const FIRST_LOOK_MS = 3_000;

/** Puts the chosen parts together. Whatever had been opened is closed again when a later part fails. */
export async function createEngine({ dataFolder, config, onNotice, calibration }: EngineOptions): Promise<Engine> {
  const startedAt = Date.now();
  const openParts = new AsyncDisposableStack();
  const close = () => openParts.disposeAsync();
  /** Notes how to close a part as soon as it is open. */
  const owned = <T extends { close(): Promise<void> }>(part: T): T => openParts.adopt(part, closePart);

  try {
    const { encoder } = config.current;
    const parts = partsOf(config.current.parts);
    const told: AdapterContext = { config: config.current, dataFolder, parts, onNotice };
    const journal = owned(await openJournal(told));
    const logger = createLogger(journal, { level: config.current.journal.level });
    const notice = (message: string) => {
      logger.warn(message);
      onNotice(message);
    };
    const log = (component: string) => {
      const child = logger.child({ component });
      return (level: "debug" | "info" | "warn" | "error", message: string, data: Record<string, unknown> = {}) =>
        child[level](data, message);
    };

    const noticeServiceDown = (error: unknown) => {
      if (!isServiceError(error)) throw error;
      notice(error.message);
    };
    const noticed = { ...told, onNotice: notice };
    const [catalog, encoders] = await Promise.all([
      openCatalog(noticed).then(owned),
      openEncoders(noticed).then((opened) => {
        for (const one of [opened.image, opened.text, opened.pictureText]) owned(one);
        return opened;
      }),
    ]);
    const index = owned(await openIndex(noticed));
    // A service that is down now keeps nothing from starting: its calls say so until it is there.
    await Promise.all([
      ...[encoders.image, encoders.text].map((one) => one.warmUp().catch(noticeServiceDown)),
      // Without it words are compared with texts alone: whatever it is, it keeps nothing from starting.
      encoders.pictureText.warmUp().catch((error: unknown) => notice(String(error))),
    ]);

    const vectorCache = createEncodingCache(encoder.cacheEntries);
    const sideOf = createSides({ catalog, cache: vectorCache });
    const wanted = sideOf(encoders);
    /** Opened once, however often the index can't be reached in between. */
    const former = new Map<string, ReturnType<typeof openFormerEncoders>>();
    const targets = createReembedding({
      index,
      catalog,
      wanted,
      async previous(spec) {
        const key = `${spec.image.fingerprint} ${spec.text.fingerprint}`;
        const opening =
          former.get(key) ??
          openFormerEncoders(noticed, spec).then((opened) => {
            if (opened !== null) for (const one of [opened.image, opened.text, opened.pictureText]) owned(one);
            return opened;
          });
        former.set(key, opening);
        opening.catch(() => former.delete(key));
        const opened = await opening;
        return opened === null ? null : sideOf(opened);
      },
      log: log("index"),
    });
    const indexer = owned(createReconciler({ catalog, targets, log: log("index") }));
    indexer.nudge();
    // So that whoever asks at once hears what is missing; at millions of products the look goes on behind the start.
    await Promise.race([indexer.firstLook, sleep(FIRST_LOOK_MS, undefined, { ref: false })]);

    const sight = owned(
      createSight({
        catalog,
        cacheFile: join(dataFolder, "features.sqlite"),
        threads: Math.min(2, availableParallelism()),
        onNotice: notice,
      }),
    );
    const { describer, server: describing } = await openDescriber(noticed);
    owned(describer);
    const descriptionsFile = openDescriptionsDatabase(join(dataFolder, "descriptions.sqlite"), notice);
    owned({ close: async () => descriptionsFile.close() });
    const descriptions = createDescriptions({
      describer,
      kept: openKeptDescriptions({
        db: descriptionsFile,
        days: config.current.journal.retentionDays,
        onNotice: notice,
      }),
      journal,
    });
    const calibrations = await openCalibrations({
      folder: join(dataFolder, "calibrations"),
      fingerprint: encoders.image.fingerprint,
      shipped: await loadCalibration(),
      onNotice: notice,
    });
    const measured = () => calibration ?? calibrations.current();
    const { viewEncoder } = wanted.encoders;
    const { fingerprint } = encoders.image;
    const { watch, busy } = watchAnswers();
    const answer = watch(
      createAnswerer({
        catalog,
        async searched() {
          const { collection, encoders: side } = await targets.searched();
          return {
            fingerprint: side.image.fingerprint,
            collection,
            queryEncoder: side.queryEncoder,
            textEncoder: side.text,
            pictureText: side.pictureText,
          };
        },
        sight,
        descriptions,
        calibration: measured,
      }),
    );
    owned(startPreparer({ catalog, sight, busy, log: log("verify") }));
    const places = Math.max(2, availableParallelism());
    const matcher = createMatcher({
      answer,
      journal,
      pending: async () => (await catalog.counts()).pending,
      calibration: measured,
      config: () => config.current,
      fingerprint,
      concurrency: places,
    });
    const jobs = await createJobs({
      ...{ dataFolder, config, catalog, journal, indexer, matcher, answer, sight, calibrations, measured, fingerprint },
      ...{ describer, descriptions, descriptionsFile, viewEncoder, places, owned, notice, log },
      ...{ imageEncoder: encoders.image, vectorCache, context: noticed, watch },
      searched: () => targets.searched(),
    });
    config.onChange((changed) => {
      journal.applySettings(changed.journal);
      logger.level = changed.journal.level;
    });

    const health = createHealthCheck({
      ...{ config: () => config.current, parts, startedAt, encoders, describer, index, catalog, journal },
      reembedding: targets.status,
    });
    const chooser = createEncoderChooser({
      context: noticed,
      config: () => config.current,
      catalog,
      searched: () => targets.status().searched?.image.fingerprint ?? null,
    });
    // What is installed is not written to: an update replaces it, and it may be somebody else's.
    const docker = createDocker({ secrets: INSTALLED ? join(dataFolder, "stack-secrets") : undefined });
    const stack = createStackControl({
      profile: config.current.parts.profile,
      parts: health.components,
      docker,
      onStarted: () => adoptServices(config, docker.variables()),
      models: encoders.server ?? describing,
      move: createMover({
        config,
        from: async () => ({ catalog, collection: (await targets.searched()).collection, journal }),
        open: (profile) => openStore({ config: config.current, dataFolder, onNotice: notice }, profile),
      }),
    });

    const data = createDataKeeper({
      dataFolder,
      config: () => config.current,
      fingerprint: { image: fingerprint, text: encoders.text.fingerprint },
      products: async () => (await catalog.counts()).total,
    });

    const activities = createActivities(activitySources({ ...jobs, reembedding: targets.status }));

    const about = createAbout({
      profile: config.current.parts.profile,
      parts,
      fingerprint: { image: fingerprint, text: encoders.text.fingerprint },
      calibration: measured,
    });

    logger.info({ fingerprint, startMs: Date.now() - startedAt, ...parts }, "The engine is ready");
    return {
      services: {
        activities,
        catalog,
        ...jobs,
        journal,
        matcher,
        descriptions,
        indexer,
        encoders: chooser,
        stack,
        data,
        about,
        health: health.whole,
      },
      logger,
      parts: {
        answer,
        imageEncoder: encoders.image,
        viewEncoder,
        collection: async () => (await targets.searched()).collection,
      },
      warmUp: () => sight.warmUp(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
