import { Worker } from "node:worker_threads";
import { type ErrorCode, ShelfmatchError } from "../../../shared/errors.ts";
import type { JournalReader } from "./reader.ts";

type Asks = Pick<
  JournalReader,
  "list" | "overview" | "problems" | "problemRuns" | "figures" | "usage" | "prune" | "indexed"
>;
type Ask = keyof Asks;

export interface Question {
  id: number;
  ask: Ask;
  input: unknown;
}
export type Answer = { id: number; value: unknown } | { id: number; code: ErrorCode; reason: string };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** News of written lines is told this often at most: the thread looks for all of them at once. */
const TELL_EVERY_MS = 1_000;

/** The reading thread as the journal sees it: started with the first question, and anew where it ended. */
export class ReaderClient {
  readonly #folder: string;
  #worker: Worker | null = null;
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #telling: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws ShelfmatchError what the thread threw; CANCELLED where the journal was closed meanwhile */
  ask<A extends Ask>(ask: A, input: Parameters<Asks[A]>[0]): Promise<Awaited<ReturnType<Asks[A]>>> {
    if (this.#closed) return Promise.reject(closed());
    const worker = this.start();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.ref();
      worker.postMessage({ id, ask, input } satisfies Question);
    });
  }

  /** Starts the thread where none runs: it makes or goes on making the index. */
  start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { workerData: this.#folder });
    this.#worker = worker;
    // What waits for an answer keeps the process alive, the thread itself does not.
    worker.unref();
    worker.on("message", (answer: Answer) => this.#answered(answer));
    worker.on("error", (error) => this.#ended(worker, error));
    worker.on("exit", () => this.#ended(worker, new Error("The journal's reading thread ended.")));
    return worker;
  }

  /** Says that lines were written, so that the index takes them in; before the first question nobody needs it. */
  written(): void {
    if (this.#worker === null || this.#telling !== null) return;
    this.#telling = setTimeout(() => {
      this.#telling = null;
      this.#worker?.postMessage({ written: true });
    }, TELL_EVERY_MS);
    this.#telling.unref();
  }

  /** Whether the thread runs: what it need not be told while it does not, it finds by itself. */
  get running(): boolean {
    return this.#worker !== null;
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if ("value" in answer) {
      waiting?.resolve(answer.value);
      return;
    }
    const message = answer.code === "INTERNAL" ? `The journal can't be read: ${answer.reason}` : answer.reason;
    waiting?.reject(new ShelfmatchError(answer.code, message));
  }

  #ended(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const reason = cause instanceof Error ? cause.message : String(cause);
    for (const { reject } of waiting) {
      reject(
        this.#closed
          ? closed()
          : new ShelfmatchError("INTERNAL", `The journal can't be read: ${reason} Try again.`, { cause }),
      );
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#telling !== null) clearTimeout(this.#telling);
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.ref();
    worker.postMessage({ close: true });
    await ended;
  }
}

function closed(): ShelfmatchError {
  return new ShelfmatchError("CANCELLED", "The journal was closed.");
}
