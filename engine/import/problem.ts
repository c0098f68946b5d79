import type { ImportFailure } from "../../shared/contract/imports.ts";
import type { ImportProblemCode } from "../../shared/import-problems.ts";

/** Why a row, a cell or a picture did not go in; a value and no exception, because the rest of the import goes on. */
export interface Problem {
  code: ImportProblemCode;
  /** Names the thing, the reason and the next step. */
  message: string;
}

export function isProblem(value: object): value is Problem {
  return "code" in value && "message" in value;
}

export function failure(line: number | null, column: string | null, { code, message }: Problem): ImportFailure {
  return { line, column, code, message };
}
