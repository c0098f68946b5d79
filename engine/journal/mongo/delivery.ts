import type { JournalEntry } from "../../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { writeLines } from "./lines.ts";
import type { Outbox, OutboxEntry } from "./outbox.ts";
import { writeFeedback, writeRuns } from "./runs.ts";

/** Entries and bytes sent at once. */
const BATCH = { entries: 500, bytes: 16 * 1024 * 1024 };
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

interface DeliveryOptions {
  mongo: MongoConnection;
  outbox: Outbox;
  /** Makes the collections where they are missing. */
  ready(): Promise<void>;
  /** Lines that have arrived. */
  publish(entries: readonly JournalEntry[]): void;
  /** A line of the journal's own, of what the reader should know. */
  warn(message: string, data: Record<string, unknown>): void;
}

/** Brings the outbox' entries to the database, in order, each once: what arrived before a crash is known there by its number. */
export class Delivery {
  readonly #options: DeliveryOptions;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;
  #failure: ShelfmatchError | null = null;
  #closed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Why the last sending failed; null where it did not. */
  get failure(): ShelfmatchError | null {
    return this.#failure;
  }

  /** Says that there is something to send; while the server is away the next try comes by itself. */
  nudge(): void {
    if (this.#closed || this.#timer !== null) return;
    this.drain().catch(() => undefined);
  }

  /** Resolves when everything has arrived that is in the outbox now. @throws ShelfmatchError why it could not */
  async drain(): Promise<void> {
    // What is running may have looked for the last time already.
    while (this.#options.outbox.held.entries > 0 && !this.#closed) {
      this.#running ??= this.#send().finally(() => {
        this.#running = null;
      });
      await this.#running;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running?.catch(() => undefined);
  }

  async #send(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { outbox, ready } = this.#options;
    try {
      await ready();
      this.#tellDropped();
      for (let batch = outbox.take(BATCH); batch.length > 0 && !this.#closed; batch = outbox.take(BATCH)) {
        await this.#write(batch);
        outbox.arrived();
      }
      this.#failure = null;
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      this.#failure =
        error instanceof ShelfmatchError
          ? error
          : new ShelfmatchError("INTERNAL", `The journal's outbox can't be sent: ${String(error)}`, { cause: error });
      this.#retryLater();
      throw this.#failure;
    }
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.nudge();
    }, this.#retryMs);
    this.#timer.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  async #write(batch: readonly OutboxEntry[]): Promise<void> {
    const { mongo, outbox, publish } = this.#options;
    const lines = batch.filter((entry) => entry.kind === "line");
    const runs = batch.filter((entry) => entry.kind === "run");
    let refused = 0;
    if (lines.length > 0) {
      const written = await mongo.call("write log lines", (db) => writeLines(db, outbox.origin, lines));
      refused += written.refused;
      publish(written.entries);
    }
    if (runs.length > 0) {
      // The latest stage of a run says all that the ones before it said.
      const latest = [...new Map(runs.map((entry) => [entry.run.runId, entry])).values()].map(({ run, photo }) => ({
        run,
        photo: photo ?? runs.find((other) => other.run.runId === run.runId && other.photo !== null)?.photo ?? null,
      }));
      refused += await mongo.call("write runs", (db) => writeRuns(db, latest));
    }
    for (const entry of batch) {
      if (entry.kind === "feedback") await mongo.call("keep feedback", (db) => writeFeedback(db, entry.feedback));
    }
    if (refused > 0) {
      const message = `${refused} entries of the journal were refused by the rules of the database, and are lost. Update every Shelfmatch that uses it to the same version.`;
      this.#options.warn(message, { refused });
    }
  }

  #tellDropped(): void {
    const dropped = this.#options.outbox.takeDropped();
    if (dropped.lines + dropped.runs === 0) return;
    const message = `${dropped.lines} lines and ${dropped.runs} runs are missing before this: MongoDB was away for longer than this machine keeps them for it.`;
    this.#options.warn(message, { dropped });
  }
}
