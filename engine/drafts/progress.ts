import type { DraftingProgress } from "../../shared/contract/drafts.ts";

/** How far the drafting is, as it is told to its watchers. */

const LISTED_FAILURES = 100;

export class DraftingMeter {
  readonly #started = performance.now();
  readonly #failed: DraftingProgress["failed"] = [];
  #state: DraftingProgress["state"] = "looking";
  #total: number | null = null;
  #done = 0;
  #drafted = 0;
  #failedCount = 0;
  #error: DraftingProgress["error"] = null;
  #finished: number | null = null;

  get isFinal(): boolean {
    return this.#finished !== null;
  }

  counted(total: number): void {
    this.#total = total;
    this.#state = "running";
  }

  drafted(): void {
    this.#drafted += 1;
  }

  failed(failure: DraftingProgress["failed"][number]): void {
    this.#failedCount += 1;
    if (this.#failed.length < LISTED_FAILURES) this.#failed.push(failure);
  }

  dealt(): void {
    this.#done += 1;
  }

  finish(state: "done" | "failed" | "cancelled", error: DraftingProgress["error"] = null): void {
    this.#state = state;
    this.#error = error;
    this.#finished = performance.now();
  }

  snapshot(): DraftingProgress {
    const seconds = ((this.#finished ?? performance.now()) - this.#started) / 1000;
    const left = this.#total === null ? null : this.#total - this.#done;
    const paced = this.#done > 0 && !this.isFinal && left !== null;
    return {
      ...{ state: this.#state, done: this.#done, total: this.#total, drafted: this.#drafted },
      ...{ failed: [...this.#failed], failedCount: this.#failedCount, error: this.#error },
      seconds: Math.round(seconds * 100) / 100,
      secondsLeft: paced ? Math.ceil((seconds / this.#done) * left) : null,
    };
  }
}
