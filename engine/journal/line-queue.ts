import type { LogLine } from "./port.ts";

/** Lines that may wait for the disk; a flood beyond it is counted, not kept in memory. */
const MAX_QUEUED = 10_000;
const BATCH_DELAY_MS = 50;

/** Collects lines for a moment, so that they are written in batches; what could not be written is counted and said. */
export class LineQueue {
  readonly #write: (lines: readonly LogLine[]) => void;
  readonly #onNotice: (message: string) => void;
  #queue: LogLine[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | null = null;
  #failure: string | null = null;

  /**
   * @param write puts the lines on disk; throws where it can't
   * @param onNotice told, in a sentence for the user, when writing begins to fail
   */
  constructor(write: (lines: readonly LogLine[]) => void, onNotice: (message: string) => void) {
    this.#write = write;
    this.#onNotice = onNotice;
  }

  /** Why the last batch could not be written; null where it was. */
  get failure(): string | null {
    return this.#failure;
  }

  push(line: LogLine): void {
    if (this.#queue.length >= MAX_QUEUED) {
      this.#lost++;
      return;
    }
    this.#queue.push(line);
    this.#timer ??= setTimeout(() => this.flush(), BATCH_DELAY_MS);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#queue.length === 0) return;
    const batch = this.#queue;
    this.#queue = [];
    if (this.#lost > 0) {
      const message = `${this.#lost} lines are missing here: more than ${MAX_QUEUED} waited for the disk at once.`;
      const data = { lost: this.#lost };
      batch.push({ time: Date.now(), level: "warn", component: "journal", runId: null, message, data });
      this.#lost = 0;
    }
    try {
      this.#write(batch);
      this.#failure = null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Said once a failure, not once a batch: the notice may go to a terminal.
      if (this.#failure === null) this.#onNotice(`The journal can't be written: ${reason}. Log lines are being lost.`);
      this.#failure = reason;
      this.#lost += batch.length;
    }
  }
}
