import type { DataPart } from "../../shared/contract/data.ts";
import { MIGRATIONS as BATCH_MIGRATIONS } from "../batch/schema.ts";
import { MIGRATIONS as CATALOG_MIGRATIONS } from "../catalog/sqlite/migrations.ts";
import { MIGRATIONS as DESCRIPTION_MIGRATIONS } from "../describe/schema.ts";
import { IMPORTS_VERSION } from "../import/store.ts";
import { SCHEMA_VERSION as INDEX_VERSION } from "../index/embedded/database.ts";
import { MIGRATIONS as JOURNAL_MIGRATIONS } from "../journal/sqlite/schema.ts";

/** What lies where in a data folder. Paths are relative to it, with forward slashes. */

interface FileKind {
  pattern: RegExp;
  part: DataPart;
  /** SQLite databases are copied as of one moment; files are immutable, or written whole, and taken as they are. */
  kind: "database" | "file";
  /** Of a database: the newest `user_version` that this app can open; absent where any will do. */
  newest?: number;
}

const SHA256 = "[0-9a-f]{64}";

/** Everything that a backup holds, and the only paths that one may name. */
const BACKED_UP: readonly FileKind[] = [
  { pattern: /^config\.json$/, part: "other", kind: "file" },
  { pattern: /^sample-catalogue(-mongo)?$/, part: "other", kind: "file" },
  { pattern: /^calibrations\/[0-9a-f]{16}\.json$/, part: "other", kind: "file" },
  { pattern: /^encoders\/triton-model-[0-9a-f]{16}\.json$/, part: "other", kind: "file" },
  // Encoders that a user chose among: without them the settings name what is not there.
  { pattern: /^models\/[\w.-]+\.(onnx|json)$/, part: "models", kind: "file" },
  {
    pattern: /^catalog\/catalog\.sqlite$/,
    part: "products",
    kind: "database",
    newest: CATALOG_MIGRATIONS.length,
  },
  {
    pattern: new RegExp(`^catalog/(pictures|thumbnails)/[0-9a-f]{2}/${SHA256}$`),
    part: "pictures",
    kind: "file",
  },
  { pattern: /^index\/active\.json$/, part: "vectors", kind: "file" },
  { pattern: /^index\/[0-9a-f]{16}\/collection\.json$/, part: "vectors", kind: "file" },
  { pattern: /^index\/[0-9a-f]{16}\/points\.sqlite$/, part: "vectors", kind: "database", newest: INDEX_VERSION },
  {
    pattern: /^journal\/journal\.sqlite$/,
    part: "journal",
    kind: "database",
    newest: JOURNAL_MIGRATIONS.length,
  },
  { pattern: /^journal\/journal-outbox\.sqlite$/, part: "journal", kind: "database" },
  { pattern: new RegExp(`^journal/query-photos/[0-9a-f]{2}/${SHA256}$`), part: "photos", kind: "file" },
  {
    pattern: /^evaluations\/[0-9a-f-]{36}\/(run\.json|report\.json|trials\.jsonl|\d{1,7}\.jpg)$/,
    part: "evaluations",
    kind: "file",
  },
  { pattern: /^batches\/batches\.sqlite$/, part: "batches", kind: "database", newest: BATCH_MIGRATIONS.length },
  { pattern: /^batches\/pictures\/[0-9a-f-]{36}\/[0-9a-f-]{36}$/, part: "batches", kind: "file" },
  // Where imports stand goes with the catalogue that they stand in: one that is further on would leave rows out. What was
  // uploaded for them is a copy of somebody's file, and stays behind.
  { pattern: /^imports\/imports\.sqlite$/, part: "other", kind: "database", newest: IMPORTS_VERSION },
  { pattern: /^features\.sqlite$/, part: "caches", kind: "database" },
  // Corrections and drafts are a person's work; what a model said lies beside them.
  { pattern: /^descriptions\.sqlite$/, part: "descriptions", kind: "database", newest: DESCRIPTION_MIGRATIONS.length },
];

/** Where to look for them. */
export const BACKED_UP_PLACES = [
  "config.json",
  "sample-catalogue",
  "sample-catalogue-mongo",
  "calibrations",
  "encoders",
  "models",
  "catalog",
  "index",
  "journal",
  "evaluations",
  "batches",
  "imports",
  "features.sqlite",
  "descriptions.sqlite",
] as const;

/** @returns null for a path that no backup holds */
export function kindOf(path: string): FileKind | null {
  return BACKED_UP.find(({ pattern }) => pattern.test(path)) ?? null;
}

/** Which part of the folder a path belongs to, for its size: also what can be made again and is in no backup. */
export function partOf(path: string): DataPart {
  // The log of a database, and its index.
  const known = kindOf(path.replace(/-(wal|shm)$/, ""));
  if (known !== null) return known.part;
  return /^(index|maps|rival-encoders)\//.test(path) ? "caches" : "other";
}

/** Top-level names that a restore takes away and puts in place. Nothing else in the folder is touched: it may be another program's. */
export const isReplaced = (name: string): boolean =>
  (BACKED_UP_PLACES as readonly string[]).includes(name) ||
  /^(features|descriptions)\.sqlite-(wal|shm)$/.test(name) ||
  /^move-to-(embedded|stack)\.json$/.test(name);
