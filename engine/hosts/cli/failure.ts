import { ShelfmatchError } from "../../../shared/errors.ts";
import { toShelfmatchError } from "../../api/errors.ts";

/** Exit codes. 64 is sysexits' EX_USAGE, 130 what a shell gives for Ctrl-C. */
export const EXIT = { ok: 0, failed: 1, someFailed: 2, usage: 64, interrupted: 130 } as const;

/** Errors of a call, whether the engine is in this process or across HTTP. */
export function toFailure(error: unknown): ShelfmatchError {
  // What fetch throws when nobody answers any more.
  if (error instanceof TypeError && error.message === "fetch failed") {
    const message = "The engine that this command used has ended. Run the command again.";
    return new ShelfmatchError("ENGINE_GONE", message, { cause: error });
  }
  return toShelfmatchError(error);
}

/** The short form of JSON lines. */
export function failureBody(error: unknown): { code: string; message: string; retryable: boolean } {
  const { code, message, retryable } = toFailure(error);
  return { code, message, retryable };
}
