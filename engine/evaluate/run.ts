import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import sharp from "sharp";
import type { Config } from "../../shared/config.ts";
import type { EvaluationReport } from "../../shared/contract/evaluation-report.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Calibration } from "../match/calibration.ts";
import { lookAt } from "../picture/look.ts";
import { type Arm, askQuery } from "./ask.ts";
import { NO_BASELINES, prepareBaselines } from "./baselines/baselines.ts";
import { compareSides } from "./compare.ts";
import { systemReports } from "./report.ts";
import type { Queries, Query } from "./sources/query.ts";
import type { StoredRun } from "./store.ts";
import { DECIDING, stageSystem } from "./systems.ts";
import type { Trial } from "./trial.ts";
import type { TrialMeter } from "./trial-meter.ts";
import { describeMistake, worstOf } from "./worst.ts";

/** One evaluation from queries to its report. */

export interface RunParts {
  catalog: Catalog;
  calibration: Calibration;
  limits: Config["limits"];
  /** Resolves when no user's match is at work. */
  idle(): Promise<void>;
}

/** Queries at work at once; more would keep matches waiting that come in between. */
const AT_ONCE = 2;
/** A camera may match without an end: after so many ms the evaluation goes on beside it. */
const PATIENCE_MS = 2_000;
/** Longest side, in pixels, of the pictures that are kept. */
const KEPT_SIDE = 360;
/** Pictures that a note names. */
const NAMED = 10;

/** @param idle resolves when no user's match is at work @returns waits for it, as long as the patience lasts */
export const patiently = (idle: () => Promise<void>) => () =>
  Promise.race([idle(), sleep(PATIENCE_MS, undefined, { ref: false })]);

/** Pictures that can't be read are the queries' fault and are left out; anything else ends the evaluation. */
const isPictureFault = (error: unknown): error is ShelfmatchError =>
  error instanceof ShelfmatchError && (error.code.startsWith("IMAGE_") || error.code === "PICTURE_NOT_FOUND");

async function keptPicture(query: Query): Promise<Uint8Array> {
  const { rgb, width, height } = await lookAt(await query.bytes(), { name: query.label })(KEPT_SIDE);
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(KEPT_SIDE, KEPT_SIDE, { fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 78 })
    .toBuffer();
}

interface RunOptions {
  /** The deciding one first. */
  arms: readonly Arm[];
  leaveOut: boolean;
  baselines: boolean;
  seed: number;
}

/** @throws ShelfmatchError of the source, of services; the signal's reason */
export async function runEvaluation(
  parts: RunParts,
  source: Queries,
  { arms, leaveOut, baselines: withBaselines, seed }: RunOptions,
  meter: TrialMeter,
  signal: AbortSignal,
): Promise<StoredRun> {
  const { catalog, calibration } = parts;
  const encoders = [...new Map(arms.map(({ encoder }) => [encoder.fingerprint, encoder])).values()];
  const { fingerprint } = (arms[0] as Arm).encoder;
  const breathe = patiently(parts.idle);
  const note = (...notes: string[]) => meter.change({ notes: [...meter.snapshot().notes, ...notes] });
  const products = await catalog.getMany(await catalog.allSkus());
  meter.change({
    products: products.length,
    total: source.queries.length,
    notes: [...meter.snapshot().notes, ...source.notes],
  });
  const baselines = withBaselines
    ? await prepareBaselines(
        { catalog, viewEncoders: encoders.map(({ viewEncoder }) => viewEncoder) },
        products,
        breathe,
        signal,
      )
    : NO_BASELINES;
  if (baselines.note !== null) note(baselines.note);
  meter.change({ state: "running" });

  const unread: string[] = [];
  const options = { ...parts, arms, baselines, leaveOut, signal };
  const limit = pLimit(AT_ONCE);
  const stop = new AbortController();
  const asked = await Promise.all(
    source.queries.map((query, number) =>
      limit(async (): Promise<Trial | null> => {
        signal.throwIfAborted();
        stop.signal.throwIfAborted();
        await breathe();
        try {
          return await askQuery(query, number, options);
        } catch (error) {
          if (isPictureFault(error)) {
            unread.push(`${query.label}: ${error.message}`);
            return null;
          }
          stop.abort(error);
          throw error;
        } finally {
          meter.queryDone();
        }
      }),
    ),
  );
  const trials = asked.filter((trial) => trial !== null);
  note(...unread.slice(0, NAMED));
  if (unread.length > NAMED) note(`${unread.length - NAMED} more pictures could not be read.`);
  if (trials.length === 0) {
    const message = `None of the queries could be asked. ${unread[0] ?? ""}`;
    throw new ShelfmatchError("INVALID_INPUT", message.trim());
  }

  const mistakes = worstOf(trials);
  const pictures = new Map<number, Uint8Array>();
  for (const { trial } of mistakes) {
    const query = source.queries[trial.query];
    // Photos of matches stay where the settings keep them, and as long as they do.
    if (query !== undefined && query.runId === null) pictures.set(trial.query, await keptPicture(query));
  }
  const named = new Map(
    products.map(({ sku, name, pictures: [first] }) => [sku, { sku, name, picture: first?.hash ?? null }]),
  );
  const systems = await systemReports(trials, seed, signal);
  const decisive = { trials, system: DECIDING };
  // Where a model describes for one of them, that is what is to be compared.
  const last = trials.some(({ systems: own }) => own[stageSystem("b", "described")]) ? "described" : "refined";
  const second = { trials, system: stageSystem("b", last) };
  const compared = arms.length > 1 ? await compareSides(decisive, second, seed, signal) : null;
  const sides = {
    a: { id: null, name: "the first setting", system: decisive.system },
    b: { id: null, name: "the second setting", system: second.system },
  };
  const questions = (side: "present" | "absent") =>
    trials.filter(({ systems: own }) => own[DECIDING]?.[side] != null).length;
  const report: EvaluationReport = {
    ...{
      queries: trials.length,
      present: questions("present"),
      absent: questions("absent"),
      products: products.length,
    },
    ...{ fingerprint, calibrated: calibration.fingerprint === fingerprint, deciding: DECIDING, systems },
    settings: arms.map(({ id, describe, encoder, match: { verify, readText, precision, absentRate } }) => ({
      ...{ id, verify, readText, precision, absentRate, describe, fingerprint: encoder.fingerprint },
      ...(encoder.name === undefined ? {} : { encoder: encoder.name }),
    })),
    comparison: compared === null ? null : { ...sides, ...compared },
    worst: mistakes.map((mistake) => describeMistake(mistake, named)),
    seconds: meter.snapshot().seconds,
  };
  const deciding = systems.find(({ id }) => id === DECIDING);
  if (deciding !== undefined) {
    const { recallAt1, auroc, ece, verdicts } = deciding;
    const noneOnAbsent = verdicts?.absent.none ?? { value: null, interval: null, n: 0 };
    meter.change({ headline: { recallAt1, auroc, noneOnAbsent, ece } });
  }
  return { summary: meter.snapshot(), report, trials, pictures };
}
