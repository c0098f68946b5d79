import type { ImportFailure, ImportProgress, PlanCounts } from "../../shared/contract/imports.ts";
import type { ErrorBody } from "../../shared/errors.ts";

/** How far an import is, as it is told to its watchers. */

/** Failures that are listed; the rest is counted. */
const LISTED_FAILURES = 1_000;
/** Rates are those of the last seconds, in ms. */
const RATE_WINDOW_MS = 5_000;
const SAMPLE_MS = 250;

type RestingState = "prepared" | "paused" | "planned" | "done" | "failed" | "cancelled";

export class ProgressMeter {
  readonly importId: string;
  readonly #source: string;
  #started = performance.now();
  /** Of earlier stretches, before a pause. */
  #secondsBefore = 0;
  #task: ImportProgress["task"] = "import";
  #failed: ImportFailure[] = [];
  #failedCount = 0;
  #badRows = 0;
  #state: ImportProgress["state"] = "prepared";
  #format: string | null = null;
  #vectors: string | null = null;
  #plan: PlanCounts | null = null;
  #total: number | null = null;
  #products = 0;
  #images = 0;
  #unchanged = 0;
  /** Rows that were written or failed; those whose products wait for their vectors are not done yet. */
  #dealt = 0;
  #waiting = 0;
  #done = 0;
  #error: ImportProgress["error"] = null;
  #rested: number | null = performance.now();
  #samples: { at: number; images: number; done: number }[] = [];
  /** Grows with every change. */
  version = 0;

  constructor(importId: string, source: string) {
    this.importId = importId;
    this.#source = source;
  }

  /** As it was when it was kept. */
  static restored(kept: ImportProgress): ProgressMeter {
    const meter = new ProgressMeter(kept.importId, kept.source);
    meter.#task = kept.task;
    meter.#state = kept.state;
    meter.#format = kept.format;
    meter.#vectors = kept.vectors;
    meter.#plan = kept.plan;
    meter.#total = kept.total;
    meter.#products = kept.products;
    meter.#images = kept.images;
    meter.#unchanged = kept.unchanged;
    meter.#dealt = kept.done;
    meter.#done = kept.done;
    meter.#failed = [...kept.failed];
    meter.#failedCount = kept.failedCount;
    meter.#badRows = kept.badRows;
    meter.#error = kept.error;
    meter.#secondsBefore = kept.seconds;
    meter.#started = performance.now();
    meter.#rested = meter.#started;
    return meter;
  }

  /** Nothing is under way. */
  get isResting(): boolean {
    return this.#rested !== null;
  }

  get state(): ImportProgress["state"] {
    return this.#state;
  }

  /** Sets out, from the beginning or, `resumed`, where it was paused. */
  setOut(task: ImportProgress["task"], resumed = false): void {
    const before = resumed ? this.#seconds() : 0;
    this.#started = performance.now();
    this.#secondsBefore = before;
    this.#rested = null;
    this.#task = task;
    this.#state = "reading";
    this.#error = null;
    this.#samples = [];
    this.#waiting = 0;
    if (!resumed) {
      this.#failed = [];
      this.#failedCount = 0;
      this.#total = null;
      this.#products = 0;
      this.#images = 0;
      this.#unchanged = 0;
      this.#dealt = 0;
      this.#done = 0;
    }
    this.#changed();
  }

  /** What a pause has made of rows that were not settled: they are dealt with again. */
  settleAt(dealt: number, failed: readonly ImportFailure[], failedCount: number): void {
    this.#dealt = dealt;
    this.#done = Math.min(this.#done, dealt);
    this.#failed = failed.slice(0, LISTED_FAILURES);
    this.#failedCount = failedCount;
  }

  describe(format: string | null, vectors: string | null): void {
    this.#format = format;
    this.#vectors = vectors;
    this.#changed();
  }

  planned(plan: PlanCounts | null): void {
    this.#plan = plan;
    this.#changed();
  }

  badRows(count: number): void {
    this.#badRows = count;
    this.#changed();
  }

  surveyed(format: string, total: number): void {
    this.#format = format;
    this.#total = total;
    this.#state = "running";
    this.#changed();
  }

  fail(failure: ImportFailure): void {
    this.#failedCount += 1;
    if (this.#failed.length < LISTED_FAILURES) this.#failed.push(failure);
    this.#changed();
  }

  wentIn(images: number, unchanged: boolean): void {
    this.#products += 1;
    this.#images += images;
    if (unchanged) this.#unchanged += 1;
    this.#changed();
  }

  rowDealt(): void {
    this.#dealt += 1;
    this.#changed();
  }

  /** @param pending products of the catalogue that wait for their vectors */
  waitingForIndex(pending: number): void {
    this.#waiting = pending;
    this.#changed();
  }

  rest(state: RestingState, error: Pick<ErrorBody, "code" | "message"> | null = null): void {
    if (state === "done") this.#waiting = 0;
    this.#changed();
    this.#state = state;
    this.#error = error === null ? null : { code: error.code, message: error.message };
    this.#rested = performance.now();
  }

  #seconds(): number {
    return this.#secondsBefore + ((this.#rested ?? performance.now()) - this.#started) / 1000;
  }

  snapshot(): ImportProgress {
    const seconds = this.#seconds();
    const { rate, secondsLeft } = this.isResting
      ? { rate: seconds > 0 ? this.#images / seconds : 0, secondsLeft: null }
      : this.#speed();
    return {
      importId: this.importId,
      task: this.#task,
      state: this.#state,
      source: this.#source,
      format: this.#format,
      products: this.#products,
      images: this.#images,
      unchanged: this.#unchanged,
      done: this.#done,
      total: this.#total,
      rate: round(rate),
      secondsLeft,
      failed: [...this.#failed],
      failedCount: this.#failedCount,
      badRows: this.#badRows,
      vectors: this.#vectors,
      plan: this.#plan,
      seconds: round(seconds),
      error: this.#error,
    };
  }

  #changed(): void {
    this.version += 1;
    this.#done = Math.max(this.#done, this.#dealt - this.#waiting);
    const now = performance.now();
    if (now - (this.#samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < SAMPLE_MS) return;
    this.#samples.push(this.#sample(now));
    this.#samples = this.#samples.filter((sample) => now - sample.at <= RATE_WINDOW_MS);
  }

  #sample(at: number) {
    const share = this.#dealt === 0 ? 0 : this.#done / this.#dealt;
    return { at, images: this.#images * share, done: this.#done };
  }

  #speed(): { rate: number; secondsLeft: number | null } {
    const first = this.#samples[0];
    const last = this.#sample(performance.now());
    const seconds = first === undefined ? 0 : (last.at - first.at) / 1000;
    if (first === undefined || seconds < SAMPLE_MS / 1000) return { rate: 0, secondsLeft: null };
    const rowsPerSecond = (last.done - first.done) / seconds;
    const left = this.#total === null ? null : this.#total - this.#done;
    return {
      rate: Math.max(0, (last.images - first.images) / seconds),
      secondsLeft: left === null || rowsPerSecond <= 0 ? null : Math.ceil(left / rowsPerSecond),
    };
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
