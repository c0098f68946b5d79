import { ORPCError } from "@orpc/client";
import { type ErrorCode, isErrorCode, withoutSeeStack } from "../../../shared/errors.ts";

/** A failure as the pages show it. */
export interface Problem {
  code: ErrorCode;
  message: string;
  /** What the person can do next; empty where the message says it all. */
  nextStep: string;
  retryable: boolean;
}

const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
  IMAGE_UNREADABLE: "Open the file in a picture viewer. If it shows nothing there either, take the photo again.",
  IMAGE_UNSUPPORTED: "Save it as JPEG, PNG or WebP, or photograph the product with the webcam.",
  IMAGE_TOO_LARGE: "Use a smaller copy, or raise the limit under Settings.",
  UPLOAD_TOO_LARGE: "Import it in parts, or raise the limit under Settings.",
  UNAUTHORIZED: "Sign in again with the token of this server.",
  FILE_NOT_READABLE: "Check that you may open this file, then try again.",
  PRODUCT_EXISTS: "Choose another SKU, or open the product that has it.",
  BARCODE_TAKEN: "Check the barcode; a barcode belongs to one product.",
  PRODUCT_NOT_FOUND: "It may have been deleted meanwhile. Reload the list.",
  IMPORT_RUNNING: "Wait until the running import is done, or cancel it.",
  EVALUATION_RUNNING: "Wait until the running evaluation is done, or cancel it.",
  EVALUATION_NOT_FOUND: "It may have been deleted meanwhile. Reload the list.",
  IMPORT_UNREADABLE: "Check that it is a CSV, JSONL or zip with the columns of the help text.",
  BUSY: "The engine has too much to do just now. Try again in a moment.",
  TIMEOUT: "Try again. If it happens often, look at the components under Settings.",
  ENGINE_GONE: "Shelfmatch keeps trying to reach it. Start it again if it was closed.",
  DISK_FULL: "Free some space on the disk of the data folder, then try again.",
  SERVICE_UNAVAILABLE: "See that the service runs. Shelfmatch uses it again by itself as soon as it answers.",
  SERVICE_DENIED: "Check the user name of the service, and the file with the password or key, under Settings.",
  SERVICE_MISMATCH: "Bring the service to what is named above, or enter the address of another under Settings.",
  SERVICE_BAD_ANSWER:
    "Check under Settings that the address leads to this service, then look into the service's own log.",
  DATA_CORRUPT: "The damaged file was kept aside. The journal says where.",
};

/** A service of the stack is the cause: its page shows how it is. */
export function isServiceFault(code: string): boolean {
  return code.startsWith("SERVICE_");
}

/** @returns what the person can do about an error of this code; empty where nothing general can be said */
export function nextStepOf(code: string): string {
  return isErrorCode(code) ? (NEXT_STEPS[code] ?? "") : "";
}

interface ErrorData {
  retryable?: unknown;
}

function problem(code: ErrorCode, message: string, retryable: boolean): Problem {
  return { code, message: withoutSeeStack(message), nextStep: nextStepOf(code), retryable };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Whatever was thrown, as one of the product's coded errors. */
export function toProblem(error: unknown): Problem {
  if (isAbort(error)) return problem("CANCELLED", "Cancelled.", true);
  if (error instanceof ORPCError) {
    const data: ErrorData = typeof error.data === "object" && error.data !== null ? error.data : {};
    if (isErrorCode(error.code)) return problem(error.code, error.message, data.retryable === true);
    // A proxy or a host without the engine answers with codes of its own.
    if (error.status === 413) return problem("UPLOAD_TOO_LARGE", "The upload is larger than the limit.", false);
    if (error.status === 400) return problem("INVALID_INPUT", error.message, false);
    if (error.status >= 502) return problem("ENGINE_GONE", "The engine does not answer.", true);
    return problem("INTERNAL", error.message, false);
  }
  // What fetch throws when there is no connection.
  if (error instanceof TypeError) return problem("ENGINE_GONE", "The engine does not answer.", true);
  return problem("INTERNAL", error instanceof Error ? error.message : String(error), false);
}
