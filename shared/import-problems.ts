import type { ErrorCode } from "./errors.ts";

/** What can be wrong with a row, a cell or a picture of an import, beside what any call can fail of. */
export const ROW_PROBLEMS = [
  "ROW_BROKEN",
  "ROW_NO_KEY",
  "ROW_INVALID",
  "ROW_DUPLICATE_SKU",
  "ROW_BAD_PRICE",
  "ROW_BAD_CURRENCY",
  "BARCODE_INVALID",
  "PICTURE_MISSING",
  "PICTURE_OUTSIDE",
  "PICTURE_TOO_MANY",
  "PICTURE_NOT_FETCHED",
  "INDEX_FAILED",
] as const;

export type RowProblem = (typeof ROW_PROBLEMS)[number];

export type ImportProblemCode = RowProblem | ErrorCode;

export const isRowProblem = (code: string): code is RowProblem => (ROW_PROBLEMS as readonly string[]).includes(code);
