import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { JournalEntry, JournalQuery } from "../../../shared/contract/journal.ts";
import { journalEntrySchema } from "../../../shared/contract/journal.ts";
import { inTransaction } from "../../lib/sqlite.ts";
import { dataText, LEVELS, levelRank } from "../line.ts";
import type { LogLine } from "../port.ts";

/** Escapes what LIKE takes for a pattern, so that people search for what they typed. */
function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function toEntry(row: Record<string, unknown>): JournalEntry {
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

  /** Newest first. */
  list(query: JournalQuery): JournalEntry[] {
    const where: string[] = [];
    const values: SQLInputValue[] = [];
    const add = (condition: string, ...bound: SQLInputValue[]) => {
      where.push(condition);
      values.push(...bound);
    };
    if (query.level !== undefined && query.level !== "debug") add("level >= ?", levelRank(query.level));
    if (query.component !== undefined) add("component = ?", query.component);
    if (query.runId !== undefined) add("run_id = ?", query.runId);
    if (query.since !== undefined) add("time >= ?", Date.parse(query.since));
    if (query.until !== undefined) add("time <= ?", Date.parse(query.until));
    if (query.before !== undefined) add("id < ?", query.before);
    if (query.text !== undefined && query.text !== "") {
      const pattern = likePattern(query.text);
      add("(message LIKE ? ESCAPE '\\' OR data LIKE ? ESCAPE '\\')", pattern, pattern);
    }
    const filter = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
    return this.#db
      .prepare(`SELECT * FROM lines ${filter} ORDER BY id DESC LIMIT ?`)
      .all(...values, query.limit)
      .map(toEntry);
  }

  /** Every component that has lines, found by skipping through the index rather than reading every line. */
  components(): string[] {
    return this.#db
      .prepare(
        `WITH RECURSIVE found (component) AS (
           SELECT min(component) FROM lines
           UNION ALL
           SELECT (SELECT min(component) FROM lines WHERE component > found.component) FROM found
           WHERE found.component IS NOT NULL
         ) SELECT component FROM found WHERE component IS NOT NULL`,
      )
      .all()
      .map((row) => String(row.component));
  }

  /** Removes lines older than `before` (ms since the epoch), then the oldest above `max`. @returns how many went */
  prune(before: number, max: number): number {
    const old = this.#db.prepare("DELETE FROM lines WHERE time < ?").run(before).changes;
    const extra = this.#db
      .prepare("DELETE FROM lines WHERE id <= (SELECT id FROM lines ORDER BY id DESC LIMIT 1 OFFSET ?)")
      .run(max).changes;
    return Number(old) + Number(extra);
  }
}
