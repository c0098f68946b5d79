import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "mongodb";
import type { MongoConnection } from "../../lib/mongo/connection.ts";
import { ensureShape } from "../../lib/mongo/shape.ts";
import { blockOf } from "../analysis/signature.ts";
import { firstOpen, lastNumber, noteBlock } from "./blocks.ts";
import { enterHours } from "./hours.ts";
import { lineExtent, refreshLineHours } from "./line-hours.ts";
import { isNamed, nameProblems, noteNamed } from "./problems.ts";
import { refreshRunHours } from "./run-hours.ts";
import { ANALYSIS_SHAPE, LOG, LOG_HOURS, RUN_HOURS, RUNS } from "./shape.ts";

/** Between two looks for whole blocks, and tries where the server was away. */
const EVERY_MS = 10_000;
/** Blocks noted one after the other before others have their turn for longer. */
const REST_MS = 2;

interface AnalysisOptions {
  mongo: MongoConnection;
  /** Makes the collections where they are missing. */
  ready(): Promise<void>;
}

/**
 * Makes what lines are searched and counted by, behind everything else: indexes, sums of hours and runs, blocks, and
 * what an older version of the app had not yet. Begun once; it goes on by itself as lines come.
 */
export class Analysis {
  readonly #options: AnalysisOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #made = false;
  #preparing: Promise<void> | null = null;
  /** The last number that was given to a line, and when it was asked for. */
  #seen: { last: number; at: number } | null = null;
  #settled = 0;

  constructor(options: AnalysisOptions) {
    this.#options = options;
  }

  /** Whether indexes and hours are there: until then questions are answered without them, more slowly. */
  get made(): boolean {
    return this.#made;
  }

  /** Begins, where it has not. */
  begin(): void {
    this.#running ??= this.#run();
  }

  /**
   * Waits until it can be counted and searched by the index.
   * @throws ShelfmatchError as calls do; SERVICE_DENIED where the database's role is of an older version
   */
  prepare(): Promise<void> {
    if (this.#preparing === null) {
      const attempt = this.#prepare();
      this.#preparing = attempt;
      attempt.catch(() => {
        if (this.#preparing === attempt) this.#preparing = null;
      });
    }
    return this.#preparing;
  }

  async #prepare(): Promise<void> {
    const { mongo, ready } = this.#options;
    await ready();
    await mongo.call("make the journal's indexes", (db) => ensureShape(db, ANALYSIS_SHAPE, mongo.address));
    await mongo.call("enter the journal's hours", (db) => enterHours(db, LOG_HOURS, LOG, "time"));
    await mongo.call("enter the runs' hours", (db) => enterHours(db, RUN_HOURS, RUNS, "time"));
    this.#made = true;
    this.begin();
  }

  /** Share of the lines that texts are found in quickly. */
  async indexed(db: Db): Promise<number> {
    const [open, last] = await Promise.all([firstOpen(db), lastNumber(db)]);
    // What is not noted yet is read: a few thousand lines cost nothing.
    if (last - open < 4_096 && this.#made) return 1;
    return last === 0 ? 1 : Math.min(0.999, blockOf(open) / Math.max(1, blockOf(last)));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#preparing?.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { mongo } = this.#options;
    const { signal } = this.#stop;
    let caughtUp = false;
    while (!signal.aborted) {
      try {
        await this.prepare();
        if (!caughtUp) {
          await this.#catchUp();
          caughtUp = true;
        }
        await this.#settle();
        while (!signal.aborted && (await mongo.call("index the journal", (db) => noteBlock(db, this.#settled)))) {
          await sleep(REST_MS, undefined, { signal, ref: false });
        }
      } catch {
        // The server is away or refuses: what is asked of it says so, and this is tried again.
      }
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** A number that was given longer ago than two calls may take has its line, or never will. */
  async #settle(): Promise<void> {
    const { mongo } = this.#options;
    const now = Date.now();
    if (this.#seen !== null && now - this.#seen.at > 2 * mongo.deadlineMs) {
      this.#settled = this.#seen.last;
      this.#seen = null;
    }
    this.#seen ??= { last: await mongo.call("look at the journal's counter", lastNumber), at: now };
  }

  /** Sums and problems of what was written before. */
  async #catchUp(): Promise<void> {
    const { mongo } = this.#options;
    const { signal } = this.#stop;
    const extent = await mongo.call("look at the journal's hours", lineExtent);
    if (extent === null) return;
    const day = 86_400_000;
    for (let from = extent.from; from < extent.to && !signal.aborted; from += day) {
      await mongo.call("count lines", (db) => refreshLineHours(db, { from, to: from + day }));
      await mongo.call("sum runs", (db) => refreshRunHours(db, { from, to: from + day }));
    }
    if (await mongo.call("look at the journal's state", isNamed)) return;
    let before: number | null = Number.MAX_SAFE_INTEGER;
    while (before !== null && !signal.aborted) {
      const from: number = before;
      before = await mongo.call("name problems", (db) => nameProblems(db, from));
    }
    if (before === null) await mongo.call("note the journal's state", noteNamed);
  }
}
