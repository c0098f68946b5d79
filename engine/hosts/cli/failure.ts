import { ORPCError } from "@orpc/client";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { toShelfmatchError } from "../../api/errors.ts";

/** Exit codes. 64 is sysexits' EX_USAGE, 130 what a shell gives for Ctrl-C. */
export const EXIT = { ok: 0, failed: 1, someFailed: 2, usage: 64, interrupted: 130 } as const;

/** Errors of a call, whether the engine is in this process or across HTTP. */
export function toFailure(error: unknown): ShelfmatchError {
  // What fetch throws when nobody answers any more, before the answer and in the middle of it.
  if (error instanceof TypeError && (error.message === "fetch failed" || error.message === "terminated")) {
    const message = "The engine that this command used has ended. Run the command again.";
    return new ShelfmatchError("ENGINE_GONE", message, { cause: error });
  }
  const ours = error instanceof ShelfmatchError || error instanceof ORPCError;
  if (ours || (error instanceof Error && error.name === "AbortError")) return toShelfmatchError(error);
  // Not from a call, whose unforeseen errors are in the journal: from the hosting of the engine, which may have none.
  const reason = error instanceof Error ? error.message : String(error);
  return new ShelfmatchError("INTERNAL", `Something went wrong inside Shelfmatch: ${reason}`, { cause: error });
}

/** For stderr: the stack of what nobody foresaw, one sentence for everything else. */
export function failureText(error: unknown): string {
  const { code, message, cause } = toFailure(error);
  const stack =
    code === "INTERNAL" && cause instanceof Error && !(cause instanceof ORPCError) ? `\n${cause.stack}` : "";
  return `${code}: ${message}${stack}`;
}

/** The short form of JSON lines. */
export function failureBody(error: unknown): { code: string; message: string; retryable: boolean } {
  const { code, message, retryable } = toFailure(error);
  return { code, message, retryable };
}
