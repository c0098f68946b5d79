import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import type { JournalEntry, JournalQuery } from "../../../shared/contract/journal.ts";
import { journalEntrySchema } from "../../../shared/contract/journal.ts";
import { inTransaction } from "../../lib/sqlite.ts";
import { componentsOf, levelsOf } from "../analysis/overview.ts";
import { dataText, LEVELS, levelRank } from "../line.ts";
import type { LogLine } from "../port.ts";

/** Lines removed at once: some milliseconds, after which whoever waits has its turn. */
const PRUNE_STEP = 2_000;
/** Lines whose size stands for all of them. */
const SIZED = 2_000;
/** Bytes of a line's row and its places in the indexes, beside its message and data. */
const LINE_OVERHEAD = 110;

/** Escapes what LIKE takes for a pattern, so that people search for what they typed. */
function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/**
 * A condition on `message` and `data`. LIKE folds ASCII letters alone: other ones are asked for in each of their cases.
 */
export function textCondition(text: string): { sql: string; values: string[] } {
  const forms = [...new Set([text, text.toLowerCase(), text.toUpperCase()])];
  const asked = /^[\x20-\x7e]*$/.test(text) ? [text] : forms;
  const one = "message LIKE ? ESCAPE '\\' OR data LIKE ? ESCAPE '\\'";
  return {
    sql: `(${asked.map(() => one).join(" OR ")})`,
    values: asked.flatMap((form) => [likePattern(form), likePattern(form)]),
  };
}

const places = (values: readonly unknown[]) => values.map(() => "?").join(", ");

export function toEntry(row: Record<string, unknown>): JournalEntry {
  return journalEntrySchema.parse({
    id: row.id,
    time: new Date(Number(row.time)).toISOString(),
    level: LEVELS[Number(row.level)],
    component: row.component,
    runId: row.run_id,
    message: row.message,
    data: typeof row.data === "string" ? JSON.parse(row.data) : null,
  });
}

/** Log lines in the database. */
export class LineStore {
  readonly #db: DatabaseSync;
  readonly #insert;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare(
      "INSERT INTO lines (time, level, component, run_id, message, data) VALUES (?, ?, ?, ?, ?, ?)",
    );
  }

  /** Writes the lines in one transaction; @returns them as entries, with their ids. */
  write(lines: readonly LogLine[]): JournalEntry[] {
    return inTransaction(this.#db, () =>
      lines.map((line) => {
        const { lastInsertRowid } = this.#insert.run(
          line.time,
          levelRank(line.level),
          line.component,
          line.runId,
          line.message,
          dataText(line.data),
        );
        return { ...line, id: Number(lastInsertRowid), time: new Date(line.time).toISOString() };
      }),
    );
  }

  /**
   * Removes lines older than `before` (ms since the epoch), then the oldest above `max`.
   * @returns how many went, and up to which id all of them
   */
  async prune(before: number, max: number): Promise<{ lines: number; through: number }> {
    const old = await this.#remove("time < ?", before);
    const bound = this.#db.prepare("SELECT id FROM lines ORDER BY id DESC LIMIT 1 OFFSET ?").get(max)?.id;
    const extra = bound === undefined ? 0 : await this.#remove("id <= ?", Number(bound));
    return { lines: old + extra, through: Number(bound ?? 0) };
  }

  /** How many lines fit into so many bytes, at the size of the newest ones. */
  fitting(bytes: number): number {
    const row = this.#db
      .prepare(
        `SELECT avg(length(message) + length(component) + coalesce(length(data), 0)) AS size
         FROM (SELECT message, component, data FROM lines ORDER BY id DESC LIMIT ${SIZED})`,
      )
      .get();
    return Math.floor(bytes / (Number(row?.size ?? 0) + LINE_OVERHEAD));
  }

  async #remove(condition: string, value: number): Promise<number> {
    const step = this.#db.prepare(
      `DELETE FROM lines WHERE id IN (SELECT id FROM lines WHERE ${condition} LIMIT ${PRUNE_STEP})`,
    );
    let removed = 0;
    for (;;) {
      const changes = Number(step.run(value).changes);
      removed += changes;
      if (changes < PRUNE_STEP) return removed;
      await turn();
    }
  }
}

/** Lines as they stand in the table, without the index: right for a run's, for the newest, and while it is made. */
export function listPlainly(db: DatabaseSync, query: JournalQuery): JournalEntry[] {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...bound: SQLInputValue[]) => {
    where.push(condition);
    values.push(...bound);
  };
  const levels = levelsOf(query);
  const components = componentsOf(query);
  if (levels !== null) add(`level IN (${places(levels)})`, ...levels);
  if (components !== null) add(`component IN (${places(components)})`, ...components);
  if (query.runId !== undefined) add("run_id = ?", query.runId);
  if (query.since !== undefined) add("time >= ?", Date.parse(query.since));
  if (query.until !== undefined) add("time <= ?", Date.parse(query.until));
  if (query.before !== undefined) add("id < ?", query.before);
  if (query.after !== undefined) add("id > ?", query.after);
  if (query.text !== undefined && query.text !== "") {
    const text = textCondition(query.text);
    add(text.sql, ...text.values);
  }
  const filter = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
  const order = query.after === undefined ? "DESC" : "ASC";
  const entries = db
    .prepare(`SELECT * FROM lines ${filter} ORDER BY id ${order} LIMIT ?`)
    .all(...values, query.limit)
    .map(toEntry);
  return query.after === undefined ? entries : entries.reverse();
}
