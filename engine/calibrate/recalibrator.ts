import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../shared/config.ts";
import type { CalibrationState } from "../../shared/contract/calibration.ts";
import type { Product } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import { sample } from "../evaluate/made-queries.ts";
import { seededRandom } from "../evaluate/metrics.ts";
import type { Journal } from "../journal/port.ts";
import type { Answerer } from "../match/answer.ts";
import type { Recalibrator } from "../services.ts";
import { labelledObservations } from "./labelled.ts";
import { observeMadeQueries } from "./observe.ts";
import type { CalibrationSource } from "./own-calibration.ts";
import { refit } from "./refit.ts";

interface RecalibratorOptions {
  calibrations: CalibrationSource;
  catalog: Catalog;
  journal: Pick<Journal, "runs">;
  answer: Answerer;
  /** Of the image encoder in use. */
  fingerprint: string;
  config(): Config;
  /** Resolves when no user's match is at work. */
  idle(): Promise<void>;
  log(level: "info" | "warn", message: string, data?: Record<string, unknown>): void;
}

/** Products that the shipped calibration was measured on: what a catalogue has grown from that was never refitted. */
const SHIPPED_PRODUCTS = 54;
/** Fewer don't fill the folds of a fit. */
const LEAST_PRODUCTS = 20;
/** A catalogue that has grown by half has other neighbours in it. */
const GROWN = 1.5;
/** Judged answers since the last refit that are worth another. */
const FEEDBACKS = 30;
const SAMPLED = 60;
/** What is asked until then is fitted on: a refit is over in minutes, however slow the machine. */
const LONGEST_MS = 300_000;
const PATIENCE_MS = 2_000;
const CHECK_MS = 600_000;
/** For so long a count of judged answers stands: pages ask for it again and again. */
const COUNT_MS = 30_000;
const PAGE = 500;

export function createRecalibrator(options: RecalibratorOptions): Recalibrator {
  const { calibrations, catalog, journal, answer, fingerprint, config, idle, log } = options;
  let work: CalibrationState["work"] = { state: "idle", done: 0, total: 0, error: null };
  let running: { stop: AbortController; ended: Promise<void> } | null = null;
  let counted = { at: Number.NEGATIVE_INFINITY, labelled: 0 };

  async function labelledNow(): Promise<number> {
    if (performance.now() - counted.at > COUNT_MS) {
      counted = { at: performance.now(), labelled: (await labelledObservations(journal, fingerprint)).length };
    }
    return counted.labelled;
  }

  async function due(labelled: number): Promise<CalibrationState["due"]> {
    const { total } = await catalog.counts();
    if (total < LEAST_PRODUCTS) return null;
    const last = calibrations.last();
    if (last === null && calibrations.shipped.fingerprint !== fingerprint) return "encoder";
    if (total >= GROWN * (last?.products ?? SHIPPED_PRODUCTS)) return "grown";
    return labelled - (last?.labelled ?? 0) >= FEEDBACKS ? "feedback" : null;
  }

  async function state(): Promise<CalibrationState> {
    const { measuredOn, fingerprint: measured } = calibrations.current();
    const labelled = await labelledNow();
    return {
      inForce: { own: calibrations.isOwn(), measuredOn, fits: measured === fingerprint },
      last: calibrations.last(),
      due: await due(labelled),
      labelled,
      work,
    };
  }

  async function askable(): Promise<Product[]> {
    const skus = await catalog.allSkus();
    const products: Product[] = [];
    for (let at = 0; at < skus.length; at += PAGE) {
      const read = await catalog.getMany(skus.slice(at, at + PAGE));
      products.push(...read.filter((one) => one.indexState === "indexed" && one.pictures.length > 0));
    }
    return products;
  }

  async function run(known: readonly Product[], wanted: number, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const seed = Math.floor(Math.random() * 2 ** 31);
    const products = sample(known, wanted, seededRandom(seed));
    let queries = 0;
    const made = await observeMadeQueries({
      ...{ catalog, answer, products, rounds: 1, seed, atOnce: 1, signal, until: started + LONGEST_MS },
      breathe: () => Promise.race([idle(), sleep(PATIENCE_MS, undefined, { ref: false })]),
      onProgress: (done, total) => {
        queries = done;
        work = { ...work, done, total };
      },
    });
    const labelled = await labelledObservations(journal, fingerprint);
    signal.throwIfAborted();
    const { calibration, kinds, taken } = refit([...made, ...labelled], calibrations.shipped, fingerprint);
    const last = {
      ...{ time: new Date().toISOString(), products: known.length, sampled: products.length, queries },
      ...{ labelled: labelled.length, seconds: Math.round((performance.now() - started) / 100) / 10, taken, kinds },
    };
    const measuredOn = `${queries} queries made of ${products.length} products of this catalogue, ${labelled.length} judged photos`;
    await calibrations.keep(taken ? { ...calibration, measuredOn } : null, last);
    counted = { at: performance.now(), labelled: labelled.length };
    log("info", taken ? `The calibration is fitted anew: ${measuredOn}` : "The shipped calibration was better", {
      ...{ queries, products: products.length, labelled: labelled.length, kinds },
    });
  }

  async function start(wanted = SAMPLED): Promise<void> {
    if (running !== null) return;
    const stop = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    running = { stop, ended };
    work = { state: "running", done: 0, total: 0, error: null };
    try {
      const products = await askable();
      if (products.length < LEAST_PRODUCTS) {
        const message = `A calibration needs ${LEAST_PRODUCTS} indexed products with pictures; there are ${products.length}. The one that ships with the app stays.`;
        throw new ShelfmatchError("INVALID_INPUT", message);
      }
      void run(products, wanted, stop.signal)
        .then(
          () => {
            work = { ...work, state: "idle" };
          },
          (error: unknown) => {
            const message = error instanceof Error ? error.message : String(error);
            work = stop.signal.aborted ? { ...work, state: "cancelled" } : { ...work, state: "failed", error: message };
            if (!stop.signal.aborted) log("warn", `The calibration could not be fitted anew: ${message}`);
          },
        )
        .finally(() => {
          running = null;
          resolve();
        });
    } catch (error) {
      work = { ...work, state: "idle" };
      running = null;
      resolve();
      throw error;
    }
  }

  async function check(): Promise<void> {
    if (config().learn.recalibrate !== "automatic" || running !== null) return;
    const why = await due(await labelledNow());
    if (why === null) return;
    log("info", `The calibration is due (${why}) and is fitted anew`);
    await start();
  }
  const timer = setInterval(() => {
    check().catch((error: unknown) => log("warn", `Whether a calibration is due could not be told: ${error}`));
  }, CHECK_MS);
  timer.unref();

  return {
    state,
    check,
    async refit({ products }) {
      await start(products);
      return state();
    },
    async cancel() {
      running?.stop.abort();
      await running?.ended;
      return state();
    },
    progress: () => work,
    async reset() {
      running?.stop.abort();
      await running?.ended;
      await calibrations.reset();
      return state();
    },
    async close() {
      clearInterval(timer);
      running?.stop.abort();
      await running?.ended;
    },
  };
}
