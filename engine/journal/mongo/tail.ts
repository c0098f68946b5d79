import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeStream, Document, ResumeToken } from "mongodb";
import type { JournalEntry } from "../../../shared/contract/journal.ts";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { logOf, toLineEntry } from "./lines.ts";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

interface TailOptions {
  mongo: MongoConnection;
  /** This engine's own lines are left out: it knows them before the server tells of them. */
  origin: string;
  ready(): Promise<void>;
  publish(entries: readonly JournalEntry[]): void;
}

/** Lines of other engines on the same database, as they come, while anybody follows the journal. */
export class Tail {
  readonly #options: TailOptions;
  #users = 0;
  #stop: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: TailOptions) {
    this.#options = options;
  }

  /** @returns what to call when the lines are no longer wanted; calling it twice does nothing more */
  use(): () => void {
    this.#users += 1;
    if (this.#stop === null) {
      const stop = new AbortController();
      this.#stop = stop;
      this.#running = this.#running.then(() => this.#run(stop.signal));
    }
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      this.#users -= 1;
      if (this.#users > 0) return;
      this.#stop?.abort();
      this.#stop = null;
    };
  }

  async close(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let resumeAfter: ResumeToken | undefined;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      let stream: ChangeStream | null = null;
      try {
        await this.#options.ready();
        const opened = await this.#open(resumeAfter);
        stream = opened.stream;
        const close = () => void opened.stream.close().catch(() => undefined);
        signal.addEventListener("abort", close, { once: true });
        if (signal.aborted) return;
        this.#publish(opened.first);
        resumeAfter = stream.resumeToken;
        retryMs = FIRST_RETRY_MS;
        for (;;) {
          this.#publish(await stream.next());
          resumeAfter = stream.resumeToken;
        }
      } catch (error) {
        // The server no longer knows where it was: from now on, then. The lines between are in the journal.
        if (error instanceof Error && "code" in error && error.code === HISTORY_LOST) resumeAfter = undefined;
        await sleep(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      } finally {
        await stream?.close().catch(() => undefined);
      }
    }
  }

  #open(resumeAfter: ResumeToken | undefined) {
    const { mongo, origin } = this.#options;
    return mongo.call("follow the journal", async (db) => {
      const others = { operationType: "insert", "fullDocument.origin": { $ne: origin } };
      const stream = logOf(db).watch([{ $match: others }], {
        // Each wait for news stays well within the time after which a connection is given up.
        maxAwaitTimeMS: Math.min(1_000, Math.ceil(mongo.deadlineMs / 2)),
        ...(resumeAfter === undefined ? {} : { resumeAfter }),
      });
      // The stream opens with its first question.
      return { stream, first: await stream.tryNext() };
    });
  }

  #publish(change: Document | null): void {
    if (change?.fullDocument !== undefined) this.#options.publish([toLineEntry(change.fullDocument)]);
  }
}

/** ChangeStreamHistoryLost */
const HISTORY_LOST = 286;
