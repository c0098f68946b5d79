import type { DatabaseSync } from "node:sqlite";
import { problemOf } from "../analysis/problem.ts";
import { addToSignature, blockOf, SIGNATURE_BYTES } from "../analysis/signature.ts";
import { floorTo, HOUR, MINUTE } from "../analysis/steps.ts";
import { LEVELS } from "../line.ts";

/** Sums of one stretch of time, level and component: how many lines, and between which ids they lie. */
interface Sum {
  time: number;
  level: number;
  component: number;
  count: number;
  first: number;
  last: number;
}

/** Runs the steps as one, on this file alone: an immediate transaction would take the journal's lock as well. */
function together<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function dataOf(text: unknown): Record<string, unknown> | null {
  try {
    return typeof text === "string" ? JSON.parse(text) : null;
  } catch {
    // A line that can't be read is told of where it is listed; its problem goes by its message.
    return null;
  }
}

/**
 * Keeps the index in step with the lines. The database is the index' own; the journal is attached to it as `journal`
 * and only read.
 */
export class LineIndex {
  readonly #db: DatabaseSync;
  readonly #components = new Map<string, number>();
  readonly #problems = new Map<string, number>();
  readonly #sums = { minutes: new Map<string, Sum>(), hours: new Map<string, Sum>() };
  #through: number;
  /** Of the block that the last line lies in. */
  #signature: { block: number; bits: Uint8Array } | null = null;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#through = this.#begin();
    for (const { id, name } of db.prepare("SELECT id, name FROM components").all()) {
      this.#components.set(String(name), Number(id));
    }
    for (const { id, fingerprint } of db.prepare("SELECT id, fingerprint FROM problems").all()) {
      this.#problems.set(String(fingerprint), Number(id));
    }
  }

  /** Takes up where it ended; begins anew where the journal is another one, or an older copy of it was put back. */
  #begin(): number {
    const journal = String(this.#db.prepare("SELECT id FROM journal.identity").get()?.id);
    const state = this.#db.prepare("SELECT journal, through, time FROM state").get();
    if (state !== undefined && state.journal === journal) {
      const newest = this.#db.prepare("SELECT seq FROM journal.sqlite_sequence WHERE name = 'lines'").get();
      const same = this.#db.prepare("SELECT time FROM journal.lines WHERE id = ?").get(Number(state.through));
      const known = Number(state.through) <= Number(newest?.seq ?? 0);
      if (known && (same === undefined || same.time === state.time)) return Number(state.through);
    }
    together(this.#db, () => {
      for (const table of ["state", "components", "problems", "entries", "minutes", "hours", "blocks", "run_sums"]) {
        this.#db.exec(`DELETE FROM ${table}`);
      }
      this.#db.prepare("INSERT INTO state VALUES (?, 0, 0)").run(journal);
    });
    return 0;
  }

  /** Id of the last line that the index knows. */
  get through(): number {
    return this.#through;
  }

  componentId(name: string): number | undefined {
    return this.#components.get(name);
  }

  problemId(fingerprint: string): number | undefined {
    return this.#problems.get(fingerprint);
  }

  /** Takes in the next lines, `most` of them at most. @returns how many there were */
  advance(most: number): number {
    const rows = this.#db
      .prepare("SELECT id, time, level, component, message, data FROM journal.lines WHERE id > ? ORDER BY id LIMIT ?")
      .all(this.#through, most);
    if (rows.length === 0) return 0;
    const through = this.#through;
    try {
      together(this.#db, () => {
        for (const row of rows) this.#take(row);
        this.#writeSums();
        this.#writeSignature();
        this.#db.prepare("UPDATE state SET through = ?, time = ?").run(this.#through, Number(rows.at(-1)?.time));
      });
    } catch (error) {
      // Undone in the file, so here too.
      this.#through = through;
      this.#signature = null;
      for (const sums of Object.values(this.#sums)) sums.clear();
      this.#reloadNames();
      throw error;
    }
    return rows.length;
  }

  #reloadNames(): void {
    this.#components.clear();
    this.#problems.clear();
    for (const { id, name } of this.#db.prepare("SELECT id, name FROM components").all()) {
      this.#components.set(String(name), Number(id));
    }
    for (const { id, fingerprint } of this.#db.prepare("SELECT id, fingerprint FROM problems").all()) {
      this.#problems.set(String(fingerprint), Number(id));
    }
  }

  #take(row: Record<string, unknown>): void {
    const id = Number(row.id);
    const time = Number(row.time);
    const level = Number(row.level);
    const component = this.#componentFor(String(row.component));
    const message = String(row.message);
    const problem = this.#problemFor(level, String(row.component), message, row.data);
    this.#insert ??= this.#db.prepare("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)");
    this.#insert.run(id, time, level, component, problem);
    for (const [grain, width] of GRAINS) this.#count(grain, floorTo(time, width), level, component, id);
    const bits = this.#bitsFor(blockOf(id));
    addToSignature(bits, message);
    if (typeof row.data === "string") addToSignature(bits, row.data);
    this.#through = id;
  }
  #insert: ReturnType<DatabaseSync["prepare"]> | undefined;

  #componentFor(name: string): number {
    const known = this.#components.get(name);
    if (known !== undefined) return known;
    const id = Number(this.#db.prepare("INSERT INTO components (name) VALUES (?)").run(name).lastInsertRowid);
    this.#components.set(name, id);
    return id;
  }

  #problemFor(level: number, component: string, message: string, data: unknown): number | null {
    const name = LEVELS[level] ?? "error";
    const problem = problemOf({ level: name, component, message, data: level < 2 ? null : dataOf(data) });
    if (problem === null) return null;
    const known = this.#problems.get(problem.fingerprint);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#db
      .prepare("INSERT INTO problems (fingerprint, level, component, code, title) VALUES (?, ?, ?, ?, ?)")
      .run(problem.fingerprint, level, component, problem.code, problem.title);
    this.#problems.set(problem.fingerprint, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  #count(grain: "minutes" | "hours", time: number, level: number, component: number, id: number): void {
    const sums = this.#sums[grain];
    const key = `${time} ${level} ${component}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { time, level, component, count: 1, first: id, last: id });
    else {
      sum.count += 1;
      sum.last = id;
    }
  }

  #writeSums(): void {
    for (const [grain] of GRAINS) {
      const write = this.#db.prepare(
        `INSERT INTO ${grain} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count,
           first = min(first, excluded.first), last = max(last, excluded.last)`,
      );
      for (const { time, level, component, count, first, last } of this.#sums[grain].values()) {
        write.run(time, level, component, count, first, last);
      }
      this.#sums[grain].clear();
    }
  }

  #bitsFor(block: number): Uint8Array {
    if (this.#signature?.block === block) return this.#signature.bits;
    this.#writeSignature();
    const kept = this.#db.prepare("SELECT signature FROM blocks WHERE block = ?").get(block)?.signature;
    const bits = kept instanceof Uint8Array ? new Uint8Array(kept) : new Uint8Array(SIGNATURE_BYTES);
    this.#signature = { block, bits };
    return bits;
  }

  #writeSignature(): void {
    if (this.#signature === null) return;
    const { block, bits } = this.#signature;
    this.#db.prepare("INSERT OR REPLACE INTO blocks VALUES (?, ?)").run(block, bits);
  }

  /** Forgets the lines that the journal has removed: those before `before` (ms), and all up to the id `through`. */
  prune(before: number, through: number): void {
    const db = this.#db;
    const gone = db.prepare(
      "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE time < ? OR id <= ? LIMIT 20000)",
    );
    while (Number(gone.run(before, through).changes) > 0);
    db.prepare("DELETE FROM blocks WHERE block < ?").run(blockOf(through));
    for (const [grain, width] of GRAINS) this.#pruneSums(grain, width, before, through);
    db.exec("DELETE FROM problems WHERE id NOT IN (SELECT problem FROM entries WHERE problem IS NOT NULL)");
    this.#reloadNames();
  }

  #pruneSums(grain: "minutes" | "hours", width: number, before: number, through: number): void {
    const db = this.#db;
    db.prepare(`DELETE FROM ${grain} WHERE time + ${width} <= ? OR last <= ?`).run(before, through);
    const halves = db.prepare(`SELECT * FROM ${grain} WHERE time < ? OR first <= ?`).all(before, through);
    const recount = db.prepare(
      `SELECT count(*) AS count, min(id) AS first, max(id) AS last FROM entries
       WHERE id BETWEEN ? AND ? AND time >= ? AND time < ? AND level = ? AND component = ?`,
    );
    for (const half of halves) {
      const [time, level, component] = [Number(half.time), Number(half.level), Number(half.component)];
      const left = recount.get(Number(half.first), Number(half.last), time, time + width, level, component);
      const key = `WHERE time = ${time} AND level = ${level} AND component = ${component}`;
      if (Number(left?.count) === 0) db.exec(`DELETE FROM ${grain} ${key}`);
      else {
        db.prepare(`UPDATE ${grain} SET count = ?, first = ?, last = ? ${key}`).run(
          ...[Number(left?.count), Number(left?.first), Number(left?.last)],
        );
      }
    }
  }
}

const GRAINS = [
  ["minutes", MINUTE],
  ["hours", HOUR],
] as const;
