import { randomUUID } from "node:crypto";
import { ORPCError } from "@orpc/server";
import { z } from "zod";
import { ERROR_STATUS, isErrorCode, ShelfmatchError } from "../../shared/errors.ts";
import type { Journal } from "../journal/port.ts";

const issuesSchema = z.object({
  issues: z.array(z.looseObject({ message: z.string(), path: z.array(z.unknown()).optional() })),
});
const dataSchema = z.object({
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});

function fromORPC(error: ORPCError<string, unknown>): ShelfmatchError {
  // Thrown while the body was read (an upload over the limit): oRPC wraps what it gets there.
  if (error.cause instanceof ShelfmatchError) return error.cause;
  if (isErrorCode(error.code)) {
    const data = dataSchema.safeParse(error.data).data;
    return new ShelfmatchError(error.code, error.message, {
      cause: error,
      ...(data?.retryable === undefined ? {} : { retryable: data.retryable }),
      ...(data?.details === undefined ? {} : { details: data.details }),
    });
  }
  const checked = issuesSchema.safeParse(error.data);
  if (error.code === "BAD_REQUEST" && checked.success) {
    const issues = checked.data.issues.map(({ path, message }) => ({
      path: (path ?? []).map(String).join("."),
      message,
    }));
    const text = issues
      .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`).replace(/\.$/, ""))
      .join("; ");
    const message = `The input is not what this call takes: ${text}. Correct it and send it again.`;
    return new ShelfmatchError("INVALID_INPUT", message, { cause: error, details: { issues } });
  }
  if (error.code === "BAD_REQUEST") {
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    const message = `The request can't be read: ${reason}. Send JSON, or a form with the files, as /api/docs shows.`;
    return new ShelfmatchError("INVALID_INPUT", message, { cause: error });
  }
  return internal(error);
}

function internal(cause: unknown): ShelfmatchError {
  const reference = randomUUID();
  const message = `Something went wrong inside Shelfmatch. The journal has the reason, under ${reference}.`;
  return new ShelfmatchError("INTERNAL", message, { cause, details: { reference } });
}

/** One of the product's own errors for whatever was thrown; of an unforeseen one only a reference to the journal. */
export function toShelfmatchError(error: unknown): ShelfmatchError {
  if (error instanceof ShelfmatchError) return error;
  if (error instanceof ORPCError) return fromORPC(error);
  if (error instanceof Error && error.name === "AbortError") {
    return new ShelfmatchError("CANCELLED", "The call was cancelled by its caller.", { cause: error });
  }
  return internal(error);
}

/** The same for the way to a client. */
export function toORPCError(error: ShelfmatchError): ORPCError<string, unknown> {
  const { retryable, details } = error;
  return new ORPCError(error.code, {
    defined: true,
    status: ERROR_STATUS[error.code],
    message: error.message,
    data: { retryable, ...(details === undefined ? {} : { details }) },
    cause: error,
  });
}

/** Writes an error with its stack into the journal, where it belongs and stays. */
export function journalError(journal: Pick<Journal, "log">, error: ShelfmatchError, call: string): void {
  const cancelled = error.code === "CANCELLED";
  const cause = error.cause instanceof Error ? error.cause : error;
  journal.log({
    time: Date.now(),
    level: cancelled ? "debug" : ERROR_STATUS[error.code] >= 500 ? "error" : "warn",
    component: "api",
    runId: null,
    message: `${call}: ${error.code}: ${error.code === "INTERNAL" ? cause.message : error.message}`,
    data: { ...error.details, ...(cancelled ? {} : { stack: cause.stack }) },
  });
}
