import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import type { EvaluationOptions, EvaluationSummary } from "../../shared/contract/evaluate.ts";
import type { EvaluationSetting } from "../../shared/contract/evaluation-report.ts";
import type { Level } from "../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Journal } from "../journal/port.ts";
import type { Arm } from "./ask.ts";
import { compareSides } from "./compare.ts";
import { exportCsv } from "./export/csv.ts";
import { exportHtml } from "./export/html.ts";
import type { EvaluationSide, Evaluator, QuerySource } from "./port.ts";
import type { OpenRival, SearchingEncoder } from "./rival.ts";
import { patiently, type RunParts, runEvaluation } from "./run.ts";
import { feedbackQueries } from "./sources/feedback.ts";
import { folderQueries } from "./sources/folder.ts";
import { madeQueries } from "./sources/made.ts";
import type { Queries } from "./sources/query.ts";
import { createRunStore, evaluationNotFound } from "./store.ts";
import { DECIDING, type SettingId } from "./systems.ts";
import { createTrialMeter, type TrialMeter } from "./trial-meter.ts";

interface EvaluatorOptions extends Omit<RunParts, "limits">, SearchingEncoder {
  openRival: OpenRival;
  /** Kept evaluations lie below it. */
  folder: string;
  journal: Journal;
  config(): Config;
  log(level: Level, message: string, data?: Record<string, unknown>): void;
}

interface Running {
  meter: TrialMeter;
  cancel: AbortController;
  ended: Promise<void>;
}

/** Events a second, at most. */
const EVENT_MS = 150;
/** Without a change, so that the seconds go on. */
const QUIET_EVENT_MS = 1_000;
/** Evaluations of this run of the engine that came to nothing, and are still listed. */
const REMEMBERED = 20;

const SOURCE_NAMES = { made: "queries made of the catalogue", feedback: "judged photos" } as const;
const sourceOf = (source: QuerySource): EvaluationSummary["source"] => ({
  kind: source.kind,
  name: source.kind === "folder" ? source.name : SOURCE_NAMES[source.kind],
});

const settingWith = (match: Config["match"], { verify, readText, precision, absentRate }: EvaluationSetting) => ({
  ...match,
  ...(verify === undefined ? {} : { verify }),
  ...(readText === undefined ? {} : { readText }),
  ...(precision === undefined ? {} : { precision }),
  ...(absentRate === undefined ? {} : { absentRate }),
});

export function createEvaluator(options: EvaluatorOptions): Evaluator {
  const { catalog, journal, config, log, fingerprint } = options;
  const store = createRunStore(options.folder);
  const runs = new Map<string, Running>();

  function queriesOf(source: QuerySource, { seed }: EvaluationOptions): Promise<Queries> {
    switch (source.kind) {
      case "made":
        return madeQueries(catalog, { ...source, seed });
      case "feedback":
        return feedbackQueries(catalog, journal);
      case "folder":
        return folderQueries(catalog, source.folder, {
          trusted: !source.upload,
          pictureBytes: config().limits.pictureBytes,
        });
    }
  }

  /** The app's own encoder, or the whole catalogue embedded by another. */
  async function encoderOf(
    name: string,
    rivals: AsyncDisposableStack,
    meter: TrialMeter,
    signal: AbortSignal,
  ): Promise<SearchingEncoder> {
    const note = (text: string) => meter.change({ notes: [...meter.snapshot().notes, text] });
    const rival = await options.openRival(name, {
      breathe: patiently(options.idle),
      onEmbedded: (done, total) => meter.change({ embedding: { encoder: name, done, total } }),
      signal,
    });
    meter.change({ embedding: null });
    if (rival === null) {
      note(`The app searches with the encoder ${name} anyway.`);
      return options;
    }
    rivals.defer(() => rival.close());
    if (rival.failed > 0) note(`${rival.failed} products could not be embedded by ${name}: it can't find them.`);
    if (rival.fingerprint !== options.calibration.fingerprint) {
      note(
        `Confidences were fitted to another encoder than ${name}: compare what it finds; its verdicts are a rough guide.`,
      );
    }
    return rival;
  }

  async function measure(source: QuerySource, wanted: EvaluationOptions, meter: TrialMeter, signal: AbortSignal) {
    const { match, limits } = config();
    await using rivals = new AsyncDisposableStack();
    const opened = new Map<string | undefined, SearchingEncoder>([[undefined, options]]);
    const armOf = async (id: SettingId, setting: EvaluationSetting): Promise<Arm> => {
      const encoder = opened.get(setting.encoder) ?? (await encoderOf(setting.encoder ?? "", rivals, meter, signal));
      opened.set(setting.encoder, encoder);
      return { id, match: settingWith(match, setting), describe: setting.describe ?? false, encoder };
    };
    const arms = [await armOf("a", wanted.setting)];
    if (wanted.against !== undefined) arms.push(await armOf("b", wanted.against));
    meter.change({ fingerprint: arms[0]?.encoder.fingerprint ?? options.fingerprint });
    const queries = await queriesOf(source, wanted);
    try {
      const { leaveOut, baselines, seed } = wanted;
      const run = await runEvaluation(
        { ...options, limits },
        queries,
        { arms, leaveOut, baselines, seed },
        meter,
        signal,
      );
      await store.save({ ...run, summary: { ...run.summary, state: "done", secondsLeft: null } });
    } finally {
      await queries.close();
    }
  }

  async function work(source: QuerySource, wanted: EvaluationOptions, meter: TrialMeter, signal: AbortSignal) {
    const { id } = meter.snapshot();
    log("info", `Evaluation started: ${sourceOf(source).name}`, { evaluation: id, options: wanted });
    let failure: Pick<ShelfmatchError, "code" | "message"> | null = null;
    try {
      await measure(source, wanted, meter, signal);
    } catch (error) {
      const unforeseen = "The evaluation stopped by an error of the app. The journal has the details.";
      failure = error instanceof ShelfmatchError ? error : { code: "INTERNAL", message: unforeseen };
      if (!signal.aborted && !(error instanceof ShelfmatchError)) {
        log("error", "Evaluation failed", { evaluation: id, stack: error instanceof Error ? error.stack : error });
      }
    }
    // Before anybody hears of the end: who waits for it may look for what was left.
    if (source.kind === "folder" && source.upload) {
      await rm(source.folder, { recursive: true, force: true }).catch((error: unknown) =>
        log("warn", `The evaluation's upload could not be removed: ${String(error)}`, { evaluation: id }),
      );
    }
    if (failure === null) meter.finish("done");
    else if (signal.aborted) meter.finish("cancelled");
    else meter.finish("failed", failure);
    const { state, headline, done, seconds, error } = meter.snapshot();
    const level = state === "failed" ? "error" : "info";
    log(level, `Evaluation ${state}`, { evaluation: id, queries: done, seconds, headline, error });
  }

  function findRunning(id: string): Running {
    const found = runs.get(id);
    if (found === undefined) throw evaluationNotFound(id);
    return found;
  }

  async function sideOf({ id, system = DECIDING }: EvaluationSide) {
    const { name, source } = await store.summary(id);
    const trials = await store.trials(id);
    if (!trials.some(({ systems }) => systems[system] !== undefined)) {
      const known = [...new Set(trials.flatMap(({ systems }) => Object.keys(systems)))].join(", ");
      throw new ShelfmatchError("INVALID_INPUT", `The evaluation ${id} has no "${system}". It has: ${known}.`);
    }
    return { trials, system, said: { id, name: name === "" ? source.name : name, system } };
  }

  return {
    async start(source, wanted) {
      if ([...runs.values()].some(({ meter }) => !meter.isFinal)) {
        const message = "An evaluation is running. Wait until it is done, or cancel it.";
        throw new ShelfmatchError("EVALUATION_RUNNING", message);
      }
      const id = randomUUID();
      const meter = createTrialMeter({
        ...{ id, name: wanted.name ?? "", state: "preparing", time: new Date().toISOString(), options: wanted },
        ...{ source: sourceOf(source), done: 0, total: null, secondsLeft: null, seconds: 0, products: 0, fingerprint },
        ...{ headline: null, notes: [], embedding: null, error: null },
      });
      const cancel = new AbortController();
      runs.set(id, { meter, cancel, ended: work(source, wanted, meter, cancel.signal) });
      const [oldest] = runs.keys();
      if (runs.size > REMEMBERED && oldest !== undefined) runs.delete(oldest);
      return meter.snapshot();
    },
    async *watch(id, signal) {
      const running = runs.get(id);
      if (running === undefined) {
        yield await store.summary(id);
        return;
      }
      const { meter } = running;
      for (;;) {
        const { version } = meter;
        const final = meter.isFinal;
        yield meter.snapshot();
        if (final) return;
        for (let waited = 0; waited < QUIET_EVENT_MS; waited += EVENT_MS) {
          if (signal?.aborted) return;
          await sleep(EVENT_MS);
          if (meter.version !== version) break;
        }
      }
    },
    async cancel(id) {
      const { meter, cancel, ended } = findRunning(id);
      cancel.abort(new ShelfmatchError("CANCELLED", "The evaluation was cancelled; nothing of it is kept."));
      await ended;
      return meter.snapshot();
    },
    async list() {
      const kept = await store.list((message) => log("warn", message));
      const known = new Set(kept.map(({ id }) => id));
      const others = [...runs.values()]
        .map(({ meter }) => meter.snapshot())
        .filter(({ id, state }) => !known.has(id) && state !== "done");
      return [...others, ...kept].sort((a, b) => b.time.localeCompare(a.time));
    },
    lately: () => [...runs.values()].map(({ meter }) => meter.snapshot()),
    async get(id) {
      const running = runs.get(id)?.meter.snapshot();
      if (running !== undefined && running.state !== "done") return { ...running, report: null };
      return { ...(await store.summary(id)), report: await store.report(id) };
    },
    async remove(id) {
      const running = runs.get(id);
      if (running !== undefined && !running.meter.isFinal) {
        throw new ShelfmatchError("EVALUATION_RUNNING", "This evaluation is running. Cancel it first.");
      }
      const forgotten = runs.delete(id);
      await store.remove(id).catch((error: unknown) => {
        const gone = error instanceof ShelfmatchError && error.code === "EVALUATION_NOT_FOUND";
        if (!gone || !forgotten) throw error;
      });
    },
    async compare(first, second, signal) {
      const [a, b] = [await sideOf(first), await sideOf(second)];
      const { options: wanted } = await store.summary(first.id);
      const compared = await compareSides(a, b, wanted.seed, signal);
      if (compared.queries === 0) {
        const message =
          "The two evaluations have no query in common. Compare ones of the same photos, or of made queries with the same seed.";
        throw new ShelfmatchError("INVALID_INPUT", message);
      }
      return { a: a.said, b: b.said, ...compared };
    },
    async picture(id, query) {
      return { name: `query-${query}.jpg`, bytes: await store.picture(id, query) };
    },
    async export(id, format) {
      const [summary, report, trials] = [await store.summary(id), await store.report(id), await store.trials(id)];
      const name = `shelfmatch-evaluation-${summary.time.slice(0, 10)}-${id.slice(0, 8)}.${format}`;
      const text =
        format === "csv"
          ? exportCsv(trials, report)
          : await exportHtml(summary, report, {
              query: (query) => store.picture(id, query),
              product: async (hash) => (await catalog.picture(hash, "thumbnail")).bytes,
            });
      return { name, bytes: new TextEncoder().encode(text) };
    },
    async close() {
      for (const { cancel } of runs.values()) cancel.abort();
      await Promise.all([...runs.values()].map(({ ended }) => ended));
    },
  };
}
