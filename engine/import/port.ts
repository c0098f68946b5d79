import type {
  BadImportRow,
  ImportOptions,
  ImportPreview,
  ImportProgress,
  MappedColumn,
  PlanKind,
  PlannedRow,
} from "../../shared/contract/imports.ts";

export type ImportSource =
  /** A file or folder of this machine. */
  | { kind: "path"; path: string }
  /** Files of an upload, spooled to `folder` under their safe relative names; the importer removes the folder. */
  | { kind: "upload"; folder: string; name: string };

/** How a table is to be read; columns that nobody has mapped are guessed by their headings. */
export interface ImportReading {
  columns?: readonly MappedColumn[] | undefined;
  options: ImportOptions;
}

interface Paged {
  page: number;
  pageSize: number;
}

/** Imports, one running at a time. Where each stands is kept in the data folder, and survives the engine. */
export interface Importer {
  /** Prepares and begins at once, by the headings. @throws ShelfmatchError IMPORT_RUNNING, FILE_NOT_FOUND, FILE_NOT_READABLE, IMPORT_UNREADABLE */
  start(source: ImportSource): Promise<ImportProgress>;
  /** Opens a source and says how it would be read. @throws ShelfmatchError as `start`, save IMPORT_RUNNING */
  prepare(source: ImportSource): Promise<ImportPreview>;
  /** @throws ShelfmatchError IMPORT_NOT_FOUND, FILE_NOT_FOUND where the source is gone */
  preview(importId: string, reading: ImportReading): Promise<ImportPreview>;
  /** Dry run. @throws ShelfmatchError IMPORT_NOT_FOUND, IMPORT_RUNNING, INVALID_INPUT in another state */
  plan(importId: string, reading: ImportReading): Promise<ImportProgress>;
  planned(importId: string, asked: Paged & { kind?: PlanKind | undefined }): { total: number; items: PlannedRow[] };
  /** @throws ShelfmatchError as `plan` */
  begin(importId: string, reading: ImportReading): Promise<ImportProgress>;
  /** Resolves when nothing is under way any more. */
  pause(importId: string): Promise<ImportProgress>;
  /** @throws ShelfmatchError as `plan` */
  resume(importId: string): Promise<ImportProgress>;
  badRows(importId: string, asked: Paged): { total: number; columns: string[]; items: BadImportRow[] };
  badRowsFile(importId: string): { name: string; pieces: AsyncIterable<string> };
  /** @param rows with the cells that were corrected; all bad rows, as they are, where left out */
  retry(
    importId: string,
    rows: readonly { row: number; cells: Readonly<Record<string, string>> }[] | undefined,
  ): Promise<ImportProgress>;
  /** Throttled to 10 events a second; ends after the one with which it rests. @throws ShelfmatchError IMPORT_NOT_FOUND */
  watch(importId: string, signal?: AbortSignal): AsyncIterable<ImportProgress>;
  cancel(importId: string): Promise<ImportProgress>;
  /** @throws ShelfmatchError IMPORT_RUNNING while it runs */
  discard(importId: string): Promise<void>;
  list(): ImportProgress[];
  close(): Promise<void>;
}
