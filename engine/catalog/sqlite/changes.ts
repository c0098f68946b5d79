import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type Change, changeSchema, type FieldChange } from "../../../shared/contract/history.ts";
import { statement } from "../../lib/sqlite.ts";
import { BY_HAND, type By } from "../port.ts";
import { nextRevision } from "./index-state.ts";

/** What became of the products: a row a change, written in the transaction of the change itself. */

const rowSchema = changeSchema.omit({ fields: true }).extend({ fields: z.string() });
export const COLUMNS = "id, sku, time, kind, source, job, fields";

export function recordChange(
  db: DatabaseSync,
  sku: string,
  kind: Change["kind"],
  fields: readonly FieldChange[],
  { source, job }: By = BY_HAND,
): void {
  statement(db, `INSERT INTO changes (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`).run(
    nextRevision(db),
    sku,
    new Date().toISOString(),
    kind,
    source,
    job ?? null,
    JSON.stringify(fields),
  );
}

export function parseChange(row: unknown): Change {
  const { fields, ...change } = rowSchema.parse(row);
  return { ...change, fields: changeSchema.shape.fields.parse(JSON.parse(fields)) };
}

interface ChangeQuery {
  sku?: string;
  job?: string;
  before?: number | undefined;
  limit: number;
}

export function changesOf(db: DatabaseSync, { sku, job, before, limit }: ChangeQuery): Change[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(sql);
    values.push(value);
  };
  add("sku = ?", sku);
  add("job = ?", job);
  add("id < ?", before);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return statement(db, `SELECT ${COLUMNS} FROM changes ${where} ORDER BY id DESC LIMIT ?`)
    .all(...values, limit)
    .map(parseChange);
}

export function findChange(db: DatabaseSync, id: number): Change | null {
  const row = statement(db, `SELECT ${COLUMNS} FROM changes WHERE id = ?`).get(id);
  return row === undefined ? null : parseChange(row);
}

export function pruneChanges(db: DatabaseSync, before: string): void {
  statement(db, "DELETE FROM changes WHERE time < ?").run(before);
}
