import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type {
  JournalEntry,
  JournalFigures,
  JournalFilter,
  JournalOverview,
  JournalQuery,
  Problem,
  ProblemQuery,
} from "../../../shared/contract/journal.ts";
import { problemStateSchema } from "../../../shared/contract/journal.ts";
import { type LineCell, type LineCounts, levelsOf, overviewOf } from "../analysis/overview.ts";
import { figureSteps, figuresOf } from "../analysis/run-figures.ts";
import { floorTo, HOUR, type Range } from "../analysis/steps.ts";
import { LEVELS } from "../line.ts";
import { openDatabase } from "../open-database.ts";
import { LineIndex } from "./line-index.ts";
import { listPlainly, toEntry } from "./lines.ts";
import { runSums, sumHours } from "./run-sums.ts";
import { INDEX_MIGRATIONS } from "./schema.ts";
import { found, search } from "./search.ts";

/** Lines taken into the index at once: some 20 ms. */
const CHUNK = 2_000;
/** Lines that a question waits for, where the index is behind; more than that, and it is answered without them. */
const MOST_AWAITED = 20_000;

/** Answers questions of the journal's file, in a thread of its own: none of them holds up a match. */
export class JournalReader {
  readonly #db: DatabaseSync;
  readonly #index: LineIndex;

  /** @param folder holds `journal.sqlite`, and what is made of it: `journal-index.sqlite` */
  constructor(folder: string) {
    const file = `${folder}/journal-index.sqlite`;
    // The index is made anew where it can't be read: nothing is in it that the journal has not.
    openDatabase(file, { what: "The journal's index", migrations: INDEX_MIGRATIONS, onNotice: () => {} }).close();
    // By its URL, since that lets the journal be attached for reading alone.
    this.#db = new DatabaseSync(pathToFileURL(file), { timeout: 5_000 });
    this.#db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;");
    const journal = `${pathToFileURL(`${folder}/journal.sqlite`)}?mode=ro`;
    this.#db.prepare("ATTACH ? AS journal").run(journal);
    this.#index = new LineIndex(this.#db);
    const oldest = this.#db.prepare("SELECT min(id) AS id FROM journal.lines").get()?.id;
    if (typeof oldest === "number") this.#index.prune(Number.MIN_SAFE_INTEGER, oldest - 1);
  }

  /** Takes in more lines. @returns whether there are more */
  advance(): boolean {
    return this.#index.advance(CHUNK) === CHUNK;
  }

  /** Sums runs of hours that are over, for charts that will be asked for. @returns whether there are more */
  advanceSums(): boolean {
    return sumHours(this.#db, Date.now() - 2 * HOUR) > 0;
  }

  prune({ before, through }: { before: number; through: number }): void {
    this.#index.prune(before, through);
  }

  /** Takes in what was just written. @returns whether the index knows all lines now */
  #upToDate(): boolean {
    const newest = Number(this.#db.prepare("SELECT max(id) AS id FROM journal.lines").get()?.id ?? 0);
    if (newest - this.#index.through > MOST_AWAITED) return false;
    while (this.#index.through < newest && this.#index.advance(CHUNK) > 0);
    return true;
  }

  /** Share of the lines that the index knows. */
  indexed(): number {
    if (this.#upToDate()) return 1;
    const row = this.#db.prepare("SELECT min(id) AS oldest, max(id) AS newest FROM journal.lines").get();
    const oldest = Number(row?.oldest ?? 0);
    const share = (this.#index.through - oldest) / Math.max(1, Number(row?.newest ?? 0) - oldest);
    return Math.min(0.999, Math.max(0, share));
  }

  list(query: JournalQuery): { entries: JournalEntry[]; components: string[] } {
    const indexed = this.#upToDate();
    const plain = query.runId !== undefined || !asksAnything(query) || !indexed;
    const entries =
      plain && query.problem === undefined
        ? listPlainly(this.#journal(), query)
        : search(this.#db, this.#index, query).map(toEntry);
    return { entries, components: this.#components() };
  }

  /** The journal's own tables by their bare names: the index has none of the same. */
  #journal(): DatabaseSync {
    return this.#db;
  }

  #components(): string[] {
    return this.#db
      .prepare("SELECT name FROM components WHERE id IN (SELECT component FROM hours) ORDER BY name")
      .all()
      .map(({ name }) => String(name));
  }

  async overview({ filter, points }: { filter: JournalFilter; points: number }): Promise<JournalOverview> {
    const indexed = this.indexed();
    return { ...(await overviewOf(this.#counts, filter, points)), indexed };
  }

  readonly #counts: LineCounts = {
    extent: async () => {
      const row = this.#db.prepare("SELECT min(time) AS oldest FROM hours").get();
      if (typeof row?.oldest !== "number") return null;
      const newest = this.#db.prepare("SELECT max(time) AS newest FROM minutes").get();
      return { from: row.oldest, to: Number(newest?.newest) + 60_000 };
    },
    kept: async (grain, { from, to }) => this.#cells(`${grain}s`, from, to),
    counted: async ({ from, to }, step) =>
      this.#db
        .prepare(
          `SELECT e.time / ?1 * ?1 AS time, e.level, c.name AS component, count(*) AS count
           FROM entries e NOT INDEXED JOIN components c ON c.id = e.component
           WHERE e.id BETWEEN (SELECT min(first) FROM hours WHERE time > ?2 - ${HOUR} AND time < ?3)
             AND (SELECT max(last) FROM hours WHERE time > ?2 - ${HOUR} AND time < ?3)
             AND e.time >= ?2 AND e.time < ?3 GROUP BY 1, 2, 3`,
        )
        .all(step, from, to)
        .map(toCell),
    found: async (filter) => found(this.#db, this.#index, filter),
  };

  #cells(table: string, from: number, to: number): LineCell[] {
    return this.#db
      .prepare(
        `SELECT t.time, t.level, c.name AS component, t.count FROM ${table} t JOIN components c ON c.id = t.component
         WHERE t.time >= ? AND t.time < ?`,
      )
      .all(from, to)
      .map(toCell);
  }

  problems({ query, points }: { query: ProblemQuery; points: number }): Problem[] {
    this.#upToDate();
    const extent = this.#db.prepare("SELECT min(time) AS first, max(time) AS last FROM minutes").get();
    const from = query.since === undefined ? Number(extent?.first ?? 0) : Date.parse(query.since);
    const to = query.until === undefined ? Number(extent?.last ?? 0) + 60_000 : Date.parse(query.until);
    const rows = this.#db
      .prepare(
        `SELECT p.id, p.fingerprint, p.level, p.component, p.code, p.title, g.count, g.first, g.last, g.newest,
           m.state, m.time AS marked, m.note
         FROM (SELECT problem, count(*) FILTER (WHERE time BETWEEN ?1 AND ?2) AS count, min(time) AS first,
                 max(time) AS last, max(id) AS newest
               FROM entries WHERE problem IS NOT NULL GROUP BY problem) g
         JOIN problems p ON p.id = g.problem LEFT JOIN journal.marks m ON m.fingerprint = p.fingerprint
         WHERE g.count > 0 AND p.level IN (SELECT value FROM json_each(?3)) AND (?4 IS NULL OR p.component = ?4)
         ORDER BY g.last DESC, p.id DESC LIMIT ?5`,
      )
      .all(...[from, to, JSON.stringify(levelsOf(query)), query.component ?? null, query.limit]);
    const step = Math.max(1, (to - from + 1) / points);
    const trends = this.#trends(from, to, step, points);
    const sample = this.#db.prepare("SELECT * FROM journal.lines WHERE id = ?");
    return rows.flatMap((row): Problem[] => {
      const line = sample.get(Number(row.newest));
      if (line === undefined) return [];
      const state = problemStateSchema.nullable().parse(row.state ?? null);
      const iso = (time: unknown) => new Date(Number(time)).toISOString();
      return [
        {
          fingerprint: String(row.fingerprint),
          level: LEVELS[Number(row.level)] ?? "error",
          component: String(row.component),
          code: row.code === null ? null : String(row.code),
          title: String(row.title),
          count: Number(row.count),
          first: iso(row.first),
          last: iso(row.last),
          trend: trends.get(Number(row.id)) ?? Array.from({ length: points }, () => 0),
          sample: toEntry(line),
          mark:
            state === null ? null : { state, time: iso(row.marked), note: row.note === null ? null : String(row.note) },
          returned: state === "resolved" && Number(row.last) > Number(row.marked),
        },
      ];
    });
  }

  #trends(from: number, to: number, step: number, points: number): Map<number, number[]> {
    const trends = new Map<number, number[]>();
    const rows = this.#db
      .prepare(
        `SELECT problem, CAST((time - ?1) / ?3 AS INTEGER) AS part, count(*) AS count FROM entries
         WHERE problem IS NOT NULL AND time BETWEEN ?1 AND ?2 GROUP BY 1, 2`,
      )
      .iterate(from, to, step);
    for (const { problem, part, count } of rows) {
      const trend = trends.get(Number(problem)) ?? Array.from({ length: points }, () => 0);
      trend[Math.min(points - 1, Number(part))] = Number(count);
      trends.set(Number(problem), trend);
    }
    return trends;
  }

  problemRuns(fingerprint: string): { runId: string; time: string }[] {
    this.#upToDate();
    const id = this.#index.problemId(fingerprint);
    if (id === undefined) return [];
    return this.#db
      .prepare(
        `SELECT run_id, max(time) AS time FROM (
           SELECT l.run_id, l.time FROM entries e CROSS JOIN journal.lines l ON l.id = e.id
           WHERE e.problem = ? AND l.run_id IS NOT NULL ORDER BY e.id DESC LIMIT 5000)
         GROUP BY run_id ORDER BY 2 DESC LIMIT 100`,
      )
      .all(id)
      .map((row) => ({ runId: String(row.run_id), time: new Date(Number(row.time)).toISOString() }));
  }

  figures({ range, points }: { range: Range; points: number }): JournalFigures {
    this.#upToDate();
    const { stepMs, hourly } = figureSteps(range, points);
    const sums = runSums(this.#db, range, hourly ? null : stepMs);
    const from = floorTo(range.from, stepMs);
    const problems = this.#db
      .prepare(
        `SELECT time, level, sum(count) AS count FROM ${hourly ? "hours" : "minutes"}
         WHERE time >= ? AND time < ? AND level >= 2 GROUP BY time, level`,
      )
      .all(from, range.to)
      .map(({ time, level, count }) => ({ time: Number(time), level: Number(level), count: Number(count) }));
    return figuresOf(range, stepMs, sums, problems);
  }

  /** Pages of the journal's file and of the index, in bytes, and what is in them. */
  usage() {
    const lines = this.#db.prepare("SELECT coalesce(sum(count), 0) AS lines FROM hours").get();
    const indexed = this.indexed();
    const counted = indexed === 1 ? lines : this.#db.prepare("SELECT count(*) AS lines FROM journal.lines").get();
    const runs = this.#db.prepare("SELECT count(*) AS runs FROM journal.runs").get();
    const ends = this.#db
      .prepare(
        "SELECT (SELECT min(time) FROM journal.lines) AS oldest, (SELECT max(time) FROM journal.lines) AS newest",
      )
      .get();
    const size = (schema: string) => {
      const pages = Number(this.#db.prepare(`PRAGMA ${schema}.page_count`).get()?.page_count);
      const free = Number(this.#db.prepare(`PRAGMA ${schema}.freelist_count`).get()?.freelist_count);
      return (pages - free) * Number(this.#db.prepare(`PRAGMA ${schema}.page_size`).get()?.page_size);
    };
    const iso = (time: unknown) => (typeof time === "number" ? new Date(time).toISOString() : null);
    return {
      lines: Number(counted?.lines),
      runs: Number(runs?.runs),
      oldest: iso(ends?.oldest),
      newest: iso(ends?.newest),
      bytes: size("main") + size("journal"),
      indexed,
    };
  }

  close(): void {
    this.#db.close();
  }
}

function asksAnything(query: JournalQuery): boolean {
  const { before: _, after: _after, limit: _limit, level, ...rest } = query;
  return (level !== undefined && level !== "debug") || Object.values(rest).some((value) => value !== undefined);
}

function toCell(row: Record<string, unknown>): LineCell {
  return {
    time: Number(row.time),
    level: Number(row.level),
    component: String(row.component),
    count: Number(row.count),
  };
}
