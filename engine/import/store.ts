import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import {
  type ImportFailure,
  type ImportOptions,
  importFailureSchema,
  importOptionsSchema,
  importProgressSchema,
  type MappedColumn,
  mappedColumnSchema,
  type PlanCounts,
  type PlanKind,
  type PlannedRow,
} from "../../shared/contract/imports.ts";
import { inTransaction, isCorruption, setDatabaseAside } from "../lib/sqlite.ts";

/**
 * Imports as they are kept in the data folder: where each stands, so that it goes on after the engine was started anew;
 * what a dry run found; rows with a problem; how tables of the same headings were read. None of it is the catalogue's:
 * a damaged file is set aside, and imports begin anew.
 */

export const keptImportSchema = z.object({
  source: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("path"), path: z.string() }),
    z.object({ kind: z.literal("upload"), folder: z.string(), name: z.string() }),
  ]),
  columns: z.array(mappedColumnSchema).nullable(),
  options: importOptionsSchema,
  surveyed: z.object({ format: z.string(), total: z.number().int(), mark: z.enum(["point", "comma"]) }).nullable(),
  /** Rows that were written or found bad, from the first one on. */
  dealt: z.number().int(),
  progress: importProgressSchema,
});
export type KeptImport = z.infer<typeof keptImportSchema>;

export interface BadRowEntry {
  row: number;
  line: number | null;
  columns: readonly string[] | null;
  cells: readonly string[] | null;
  problems: ImportFailure[];
}

export interface ImportStore {
  save(importId: string, kept: KeptImport): void;
  /** Newest first; what this version can't read is left out. */
  load(): { importId: string; kept: KeptImport }[];
  forget(importId: string): void;

  clearPlan(importId: string): void;
  addPlanned(importId: string, rows: readonly PlannedRow[]): void;
  planned(importId: string, kind: PlanKind | undefined, page: number, pageSize: number): PlannedRow[];
  plannedCounts(importId: string): Omit<PlanCounts, "fromWeb">;

  /** Joins what is wrong to what was wrong with the row before. */
  addBad(importId: string, entry: BadRowEntry): void;
  /** Forgets rows from this one on, or one of them. */
  clearBad(importId: string, rows: { from: number } | { row: number }): void;
  bad(importId: string, page: number, pageSize: number): BadRowEntry[];
  badNumbers(importId: string): number[];
  badCounts(importId: string): { rows: number; problems: number };

  /** How a table of these headings was read the last time. */
  mappingOf(headings: readonly string[]): { columns: MappedColumn[]; options: ImportOptions } | null;
  keepMapping(headings: readonly string[], columns: readonly MappedColumn[], options: ImportOptions): void;
  close(): void;
}

/** Version of the file that this app writes and reads. */
export const IMPORTS_VERSION = 1;
const KEPT_MAPPINGS = 500;
const WRITTEN_AT_ONCE = 100;
const SCHEMA = `
  CREATE TABLE imports (id TEXT PRIMARY KEY, time INTEGER NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE planned (
    n INTEGER PRIMARY KEY, import TEXT NOT NULL, kind TEXT NOT NULL, row TEXT NOT NULL
  ) STRICT;
  CREATE INDEX planned_by_kind ON planned (import, kind, n);
  CREATE TABLE bad (
    import TEXT NOT NULL, row INTEGER NOT NULL, line INTEGER, columns TEXT, cells TEXT, problems TEXT NOT NULL,
    PRIMARY KEY (import, row)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE mappings (
    headings TEXT PRIMARY KEY, columns TEXT NOT NULL, options TEXT NOT NULL, used INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${IMPORTS_VERSION};`;

const mappingSchema = z.object({ columns: z.array(mappedColumnSchema), options: importOptionsSchema });
const texts = z.array(z.string()).nullable();

/** @param folder of the imports, made where there is none */
export function openImportStore(folder: string, onNotice: (message: string) => void): ImportStore {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "imports.sqlite");
  const db = openFile(file, onNotice);
  const toBad = (found: Record<string, unknown>): BadRowEntry => ({
    row: Number(found.row),
    line: found.line === null ? null : Number(found.line),
    columns: texts.parse(JSON.parse(String(found.columns))),
    cells: texts.parse(JSON.parse(String(found.cells))),
    problems: z.array(importFailureSchema).parse(JSON.parse(String(found.problems))),
  });
  const addPlanned = db.prepare("INSERT INTO planned (import, kind, row) VALUES (?, ?, ?)");
  const oneBad = db.prepare("SELECT * FROM bad WHERE import = ? AND row = ?");
  const putBad = db.prepare("INSERT OR REPLACE INTO bad VALUES (?, ?, ?, ?, ?, ?)");
  const saveImport = db.prepare(
    "INSERT INTO imports VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
  );
  /** Problems that are not written yet: a write each would cost more than the row itself. */
  let waiting: [importId: string, entry: BadRowEntry][] = [];
  function write(): void {
    const entries = waiting;
    waiting = [];
    if (entries.length === 0) return;
    inTransaction(db, () => {
      for (const [importId, { row, line, columns, cells, problems }] of entries) {
        const known = oneBad.get(importId, row);
        const before = known === undefined ? [] : toBad(known).problems;
        const all = JSON.stringify([...before, ...problems]);
        putBad.run(importId, row, line, JSON.stringify(columns), JSON.stringify(cells), all);
      }
    });
  }
  return {
    save(importId, kept) {
      // Where an import stands is never ahead of what was found on the way there.
      write();
      saveImport.run(importId, Date.now(), JSON.stringify(kept));
    },
    load() {
      return db
        .prepare("SELECT id, state FROM imports ORDER BY time DESC, id")
        .all()
        .flatMap((row) => {
          const kept = keptImportSchema.safeParse(JSON.parse(String(row.state)));
          return kept.success ? [{ importId: String(row.id), kept: kept.data }] : [];
        });
    },
    forget(importId) {
      write();
      inTransaction(db, () => {
        db.prepare("DELETE FROM imports WHERE id = ?").run(importId);
        for (const table of ["planned", "bad"]) db.prepare(`DELETE FROM ${table} WHERE import = ?`).run(importId);
      });
    },
    clearPlan: (importId) => void db.prepare("DELETE FROM planned WHERE import = ?").run(importId),
    addPlanned(importId, rows) {
      inTransaction(db, () => {
        for (const row of rows) addPlanned.run(importId, row.kind, JSON.stringify(row));
      });
    },
    planned(importId, kind, page, pageSize) {
      const one = kind === undefined ? "" : "AND kind = ?";
      const rows = db
        .prepare(`SELECT row FROM planned WHERE import = ? ${one} ORDER BY n LIMIT ? OFFSET ?`)
        .all(importId, ...(kind === undefined ? [] : [kind]), pageSize, (page - 1) * pageSize);
      return rows.map(({ row }) => JSON.parse(String(row)) as PlannedRow);
    },
    plannedCounts(importId) {
      const counts = { added: 0, changed: 0, unchanged: 0, bad: 0 };
      const rows = db.prepare("SELECT kind, count(*) AS n FROM planned WHERE import = ? GROUP BY kind").all(importId);
      for (const { kind, n } of rows) counts[String(kind) as PlanKind] = Number(n);
      return counts;
    },
    addBad(importId, entry) {
      waiting.push([importId, entry]);
      if (waiting.length >= WRITTEN_AT_ONCE) write();
    },
    clearBad(importId, rows) {
      write();
      if ("from" in rows) db.prepare("DELETE FROM bad WHERE import = ? AND row >= ?").run(importId, rows.from);
      else db.prepare("DELETE FROM bad WHERE import = ? AND row = ?").run(importId, rows.row);
    },
    bad(importId, page, pageSize) {
      write();
      const rows = db.prepare("SELECT * FROM bad WHERE import = ? ORDER BY row LIMIT ? OFFSET ?");
      return rows.all(importId, pageSize, (page - 1) * pageSize).map(toBad);
    },
    badNumbers(importId) {
      write();
      const rows = db.prepare("SELECT row FROM bad WHERE import = ?").all(importId);
      return rows.map(({ row }) => Number(row));
    },
    badCounts(importId) {
      write();
      const found = db
        .prepare("SELECT count(*) AS rows, total(json_array_length(problems)) AS problems FROM bad WHERE import = ?")
        .get(importId);
      return { rows: Number(found?.rows), problems: Number(found?.problems) };
    },
    mappingOf(headings) {
      const found = db
        .prepare("SELECT columns, options FROM mappings WHERE headings = ?")
        .get(JSON.stringify(headings));
      if (found === undefined) return null;
      const kept = mappingSchema.safeParse({
        columns: JSON.parse(String(found.columns)),
        options: JSON.parse(String(found.options)),
      });
      return kept.success ? kept.data : null;
    },
    keepMapping(headings, columns, options) {
      // Pictures from the web are asked for each time: a switch that turns itself on is none.
      const kept = { ...options, picturesFromWeb: false };
      db.prepare("INSERT OR REPLACE INTO mappings VALUES (?, ?, ?, ?)").run(
        ...[JSON.stringify(headings), JSON.stringify(columns), JSON.stringify(kept), Date.now()],
      );
      db.prepare(
        "DELETE FROM mappings WHERE headings NOT IN (SELECT headings FROM mappings ORDER BY used DESC LIMIT ?)",
      ).run(KEPT_MAPPINGS);
    },
    close() {
      write();
      db.close();
    },
  };
}

function openFile(file: string, onNotice: (message: string) => void): DatabaseSync {
  try {
    return open(file);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    const aside = setDatabaseAside(file);
    onNotice(`The list of imports was damaged and is set aside as ${aside}. Import again what was under way.`);
    return open(file);
  }
}

function open(file: string): DatabaseSync {
  let db = new DatabaseSync(file);
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    if (version !== 0 && version !== IMPORTS_VERSION) {
      // Of another version of the app: nothing in there is worth refusing to start.
      db.close();
      setDatabaseAside(file);
      db = new DatabaseSync(file);
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      db.exec(SCHEMA);
    } else if (version === 0) db.exec(SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
