import type { BadRow } from "./row.ts";

/** A row as its file has it, whatever kind of file. */

/** A list where the file has one: pictures of JSON Lines and Parquet. */
export type Cell = string | readonly string[];

export interface TableRecord {
  /** 1-based, of the file; of Parquet, the row. */
  line: number;
  /** Names of the cells' columns, in order; the same array for as long as they stay the same. */
  columns: readonly string[];
  cells: readonly Cell[];
  /** Precomputed embeddings of its pictures: float32 [pictures * views * dimensions]. */
  vectors?: Float32Array;
}

/** Vectors that a file brings along, and of which encoder. */
export interface BroughtVectors {
  fingerprint: string;
  dimensions: number;
  views: readonly string[];
}

/** A table of products, read from its start as often as is asked. */
export interface RecordReader {
  /** In words: the kind of file and what was found out of it, the decimal mark of its prices among it. */
  describe(decimalMark: string): string;
  /** Names of the columns; of JSON Lines, those of its first lines. */
  columns: readonly string[];
  /** Rows, where the file says how many; else null. */
  rows: number | null;
  vectors: BroughtVectors | null;
  records(): AsyncGenerator<TableRecord | BadRow>;
}

export function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.join("|");
}
