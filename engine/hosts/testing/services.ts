import { createHash, randomUUID } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { defaultConfig } from "../../../shared/config.ts";
import type { ImportProgress } from "../../../shared/contract/imports.ts";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { createAbout } from "../../about.ts";
import { createActivities } from "../../activity/activities.ts";
import { createDataKeeper } from "../../backup/keeper.ts";
import { openBatches } from "../../batch/batches.ts";
import { openSqliteCatalog } from "../../catalog/sqlite/sqlite.ts";
import { partsOf } from "../../config/parts.ts";
import { openDescriptionsDatabase } from "../../describe/database.ts";
import { createDescriptions } from "../../describe/descriptions.ts";
import { createEmbeddedDescriber } from "../../describe/embedded.ts";
import { openKeptDescriptions } from "../../describe/kept.ts";
import { createDrafter } from "../../drafts/drafter.ts";
import { openDraftStore } from "../../drafts/store.ts";
import { createEvaluator } from "../../evaluate/evaluator.ts";
import { createExporter } from "../../export/exporter.ts";
import type { Importer, ImportSource } from "../../import/port.ts";
import { openSqliteJournal } from "../../journal/sqlite/journal.ts";
import type { Answer, Question } from "../../match/answer.ts";
import { blankEvidence } from "../../match/evidence.ts";
import { loadCalibration } from "../../match/load-calibration.ts";
import type { EngineServices, Matcher } from "../../services.ts";

import { createStackControl } from "../../stack/control.ts";
import { createDocker } from "../../stack/docker.ts";

/**
 * Small services to test the doors on: the real journal and catalogue, and in place of encoders a matcher that only
 * decodes. What it does is chosen by the query's text: `wait` until cancelled, `break` with an unforeseen error.
 */

const noProgress: Omit<ImportProgress, "importId" | "source"> = {
  state: "done",
  format: null,
  products: 0,
  images: 0,
  unchanged: 0,
  done: 0,
  total: 0,
  rate: 0,
  secondsLeft: null,
  failed: [],
  failedCount: 0,
  seconds: 0,
  error: null,
  task: "import",
  badRows: 0,
  vectors: null,
  plan: null,
};

function unused<Name extends keyof Importer>(...names: Name[]): Pick<Importer, Name> {
  const refuse = () => {
    throw new ShelfmatchError("IMPORT_NOT_FOUND", "There is no such import.");
  };
  return Object.fromEntries(names.map((name) => [name, refuse])) as unknown as Pick<Importer, Name>;
}

export interface TestServices {
  services: EngineServices;
  /** What the importer was given, with the files that it found there. */
  imported: { source: ImportSource; files: string[] }[];
  /** How often a waiting match was cancelled. */
  cancelled: () => number;
  /** Matches that have begun to wait. */
  waiting: () => number;
  close(): Promise<void>;
}

export async function openTestServices(dataFolder: string): Promise<TestServices> {
  const journal = await openSqliteJournal({
    folder: join(dataFolder, "journal"),
    settings: { ...defaultConfig.journal, level: "debug" },
    onNotice: () => {},
  });
  const catalog = await openSqliteCatalog({ folder: join(dataFolder, "catalog") });
  const imported: TestServices["imported"] = [];
  const imports: ImportProgress[] = [];
  let cancelled = 0;
  let waiting = 0;

  const matcher: Matcher = {
    async *match(request, signal): AsyncGenerator<MatchResult> {
      if (request.text === "break") throw new TypeError("a secret of the inside");
      if (request.text === "wait") {
        waiting++;
        await sleep(30_000, null, { signal: signal ?? new AbortController().signal }).catch((cause: unknown) => {
          cancelled++;
          throw new ShelfmatchError("CANCELLED", "The match was cancelled.", { cause });
        });
      }
      let picture: MatchResult["picture"] = null;
      if (request.picture !== undefined) {
        const { name, bytes } = request.picture;
        const { width, height, format } = await sharp(bytes)
          .metadata()
          .catch((cause: unknown) => {
            throw new ShelfmatchError("IMAGE_UNREADABLE", `${name} is no picture. Choose another.`, { cause });
          });
        picture = { hash: createHash("sha256").update(bytes).digest("hex"), width, height, format: format ?? "?" };
      }
      const { items } = await catalog.list({ sort: "sku", order: "asc", page: 1, pageSize: request.top ?? 5 });
      const matches = items.map(({ sku, name, category, brand, price, currency }) => ({
        ...{ sku, name, category, brand, price, currency, picture: null, barcode: null },
        ...{
          confidence: 0.97,
          similarity: { image: 0.9, text: null, textToImage: null, described: null },
          sharedWords: [],
          inliers: null,
          points: [],
        },
      }));
      const runId = request.runId ?? randomUUID();
      const result: Omit<MatchResult, "stage"> = {
        ...{ runId, verdict: "match", matches, description: null, timings: { visual: 2, total: 3 }, picture },
        ...{ described: null, describing: false },
        ...{ fingerprint: "test/1", warnings: request.region === undefined ? [] : [JSON.stringify(request.region)] },
      };
      if (picture !== null) yield { ...result, stage: "visual" };
      const last: MatchResult = { ...result, stage: "refined" };
      const time = new Date().toISOString();
      await journal.recordRun(
        {
          runId,
          time,
          kind: "picture",
          source: null,
          text: null,
          region: null,
          verdict: "match",
          result: last,
          error: null,
          photo: null,
          feedback: null,
        },
        null,
      );
      yield last;
    },
    idle: async () => {},
  };

  const importer: Importer = {
    async start(source) {
      const folder = source.kind === "path" ? source.path : source.folder;
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const found = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
      imported.push({ source, files: found });
      if (source.kind === "upload") rmSync(folder, { recursive: true });
      if (found.includes("refuse.csv")) throw new ShelfmatchError("IMPORT_RUNNING", "Another import is running.");
      const name = source.kind === "path" ? source.path : source.name;
      const progress = { ...noProgress, importId: randomUUID(), source: name, products: found.length };
      imports.push(progress);
      return progress;
    },
    async *watch(importId) {
      yield await importer.cancel(importId);
    },
    async cancel(importId) {
      const found = imports.find((each) => each.importId === importId);
      if (found === undefined) throw new ShelfmatchError("IMPORT_NOT_FOUND", `There is no import ${importId}.`);
      return found;
    },
    list: () => imports,
    close: async () => {},
    // The importer's own tests and journeys have the rest; the doors hand all of them on alike.
    ...unused("prepare", "preview", "plan", "planned", "begin", "pause", "resume"),
    ...unused("badRows", "badRowsFile", "retry", "discard"),
  };

  /** Every product, in order of its SKU, the first one for sure. */
  async function* answer({ filter }: Question): AsyncGenerator<Answer> {
    const skus = (await catalog.allSkus()).filter((sku) => !filter?.excludeSkus?.includes(sku));
    const candidates = (await catalog.getMany(skus)).map((product, place) => ({
      ...{ ...blankEvidence(product.sku), product, confidence: place === 0 ? 0.97 : 0.01 },
    }));
    const presence = candidates[0]?.confidence ?? 0;
    const nothing = {
      description: null,
      described: null,
      describing: false,
      unmeasured: false,
      timings: {},
      warnings: [],
      fingerprint: "test/1",
    };
    yield { stage: "refined", kind: "verified", candidates, presence, ...nothing };
  }
  const evaluator = createEvaluator({
    ...{ folder: join(dataFolder, "evaluations"), catalog, journal, answer, fingerprint: "test/1" },
    ...{ calibration: await loadCalibration(), config: () => defaultConfig, idle: matcher.idle, log: () => {} },
    openRival: async (name) => {
      throw new ShelfmatchError("FILE_NOT_FOUND", `There is no model ${name}.`);
    },
    viewEncoder: { fingerprint: "test/1", encode: async () => [], cached: () => null },
  });
  const batches = openBatches({
    ...{ folder: join(dataFolder, "batches"), matcher, journal, catalog, config: () => defaultConfig },
    ...{ atOnce: 1, pace: { lookMs: 30, settleMs: 60 }, log: () => {} },
  });
  const db = openDescriptionsDatabase(join(dataFolder, "descriptions.sqlite"), () => {});
  const describer = createEmbeddedDescriber();
  const kept = openKeptDescriptions({ db, days: 90, onNotice: () => {} });
  const descriptions = createDescriptions({ describer, kept, journal });
  const drafts = { drafts: openDraftStore(db), log: () => {} };
  const refuse = () => Promise.reject(new Error("not part of these tests"));
  const services: EngineServices = {
    catalog,
    journal,
    matcher,
    descriptions,
    drafter: createDrafter({ catalog, editor: catalog, describer, descriptions, ...drafts }),
    importer,
    exporter: await createExporter({
      ...{ catalog, folder: join(dataFolder, "exports") },
      vectors: () => Promise.reject(new Error("There are no vectors here.")),
    }),
    editor: {
      create: async (draft, pictures) =>
        catalog.create({ ...draft, description: pictures.map(({ name }) => name).join() }, []),
      update: (sku, changes) => catalog.update(sku, changes),
      async delete(sku) {
        await catalog.get(sku);
        return (await catalog.discard([sku]))[0]?.id ?? "";
      },
      ...{ addPicture: refuse, removePicture: refuse, arrangePictures: refuse, replacePicture: refuse },
      ...{ cropPicture: refuse, restore: refuse, revert: refuse, reindex: refuse },
    },
    curator: {
      ...{ start: refuse, list: () => [], watch: () => refuse() as never, cancel: refuse, undo: refuse },
      ...{ similar: refuse, close: async () => {} },
    },
    activities: createActivities([]),
    recalibrator: {
      progress: () => ({ state: "idle", done: 0, total: 0, error: null }),
      ...{ state: refuse, refit: refuse, cancel: refuse, reset: refuse, check: async () => {}, close: async () => {} },
    },
    duplicates: {
      progress: () => ({ state: "never", done: 0, total: 0, finishedAt: null, error: null }),
      ...{ search: refuse, state: refuse, cancel: refuse, list: refuse, of: refuse, merge: refuse, distinct: refuse },
      ...{ variants: refuse, apart: refuse, group: refuse, decisions: () => catalog.decisions(), undo: refuse },
    },
    mapper: {
      progress: () => [],
      state: refuse,
      make: refuse,
      cancel: refuse,
      points: refuse,
      verdicts: refuse,
      close: async () => {},
    },
    learner: { addPhoto: refuse },
    indexer: { nudge: () => {}, settled: async () => {}, close: async () => {} },
    encoders: {
      list: async () => ({ setting: "encoder.imageModel", folder: join(dataFolder, "models"), choices: [] }),
      async try(name) {
        throw new ShelfmatchError("FILE_NOT_FOUND", `There is no model ${name}.`);
      },
    },
    evaluator,
    batches,
    stack: createStackControl({
      profile: "embedded",
      parts: async () => [],
      docker: createDocker({ command: join(dataFolder, "no-docker") }),
      models: null,
      move: async function* () {
        yield { kind: "note", text: "nowhere to move to" };
        throw new ShelfmatchError("INVALID_INPUT", "There is no other profile in these tests.");
      },
    }),
    data: createDataKeeper({
      dataFolder,
      config: () => defaultConfig,
      fingerprint: { image: "test/1", text: "test/1" },
      products: async () => (await catalog.counts()).total,
    }),
    about: createAbout({
      profile: "embedded",
      parts: partsOf(defaultConfig.parts),
      fingerprint: { image: "test/1", text: "test/1" },
      calibration: () => ({ fingerprint: "test/1", measuredOn: "nothing" }),
    }),
    async health() {
      const products = await catalog.counts();
      return {
        ...{ status: "ready", version: "0.1.0", profile: "embedded", products, reembedding: null, uptimeSeconds: 1 },
        components: [{ name: "catalogue", adapter: "sqlite", state: "ready", detail: `in ${dataFolder}` }],
        ...{ fingerprint: { image: "test/1", text: "test/1" }, startMs: 1, memoryBytes: process.memoryUsage.rss() },
      };
    },
  };
  return {
    services,
    imported,
    cancelled: () => cancelled,
    waiting: () => waiting,
    async close() {
      await evaluator.close();
      await batches.close();
      db.close();
      await catalog.close();
      await journal.close();
    },
  };
}

/** A real picture, small. */
export async function testPng(side = 8): Promise<Uint8Array<ArrayBuffer>> {
  const png = await sharp({ create: { width: side, height: side, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  return new Uint8Array(png);
}
