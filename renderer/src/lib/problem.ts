import { ORPCError } from "@orpc/client";
import { type ErrorCode, isErrorCode, withoutSeeStack } from "../../../shared/errors.ts";
import { i18n, type Message, msg, t } from "./i18n/i18n.ts";

/** A failure as the pages show it. */
export interface Problem {
  code: ErrorCode;
  message: string;
  /** What the engine said in English, where `message` is the code's sentence in another language. */
  original?: string;
  /** What the person can do next; empty where the message says it all. */
  nextStep: string;
  retryable: boolean;
}

const NEXT_STEPS: Partial<Record<ErrorCode, Message>> = {
  IMAGE_UNREADABLE: msg("Open the file in a picture viewer. If it shows nothing there either, take the photo again."),
  IMAGE_UNSUPPORTED: msg("Save it as JPEG, PNG or WebP, or photograph the product with the webcam."),
  IMAGE_TOO_LARGE: msg("Use a smaller copy, or raise the limit under Settings."),
  UPLOAD_TOO_LARGE: msg("Import it in parts, or raise the limit under Settings."),
  UNAUTHORIZED: msg("Sign in again with the token of this server."),
  FILE_NOT_READABLE: msg("Check that you may open this file, then try again."),
  PRODUCT_EXISTS: msg("Choose another SKU, or open the product that has it."),
  BARCODE_TAKEN: msg("Check the barcode; a barcode belongs to one product."),
  PRODUCT_NOT_FOUND: msg("It may have been deleted meanwhile. Reload the list."),
  PRODUCT_CHANGED: msg("Look at what it says now, then change it again."),
  JOB_RUNNING: msg("Wait until the running bulk change is done, or cancel it."),
  CHANGE_NOT_FOUND: msg("Reload the history."),
  IMPORT_RUNNING: msg("Wait until the running import is done, or cancel it."),
  EVALUATION_RUNNING: msg("Wait until the running evaluation is done, or cancel it."),
  BATCH_NOT_FOUND: msg("It may have been deleted meanwhile. Reload the list."),
  EVALUATION_NOT_FOUND: msg("It may have been deleted meanwhile. Reload the list."),
  IMPORT_UNREADABLE: msg("Check that it is a CSV, JSONL or zip with the columns of the help text."),
  BUSY: msg("The engine has too much to do just now. Try again in a moment."),
  TIMEOUT: msg("Try again. If it happens often, look at the components under Settings."),
  ENGINE_GONE: msg("Shelfmatch keeps trying to reach it. Start it again if it was closed."),
  DISK_FULL: msg("Free some space on the disk of the data folder, then try again."),
  SERVICE_UNAVAILABLE: msg("See that the service runs. Shelfmatch uses it again by itself as soon as it answers."),
  SERVICE_DENIED: msg("Check the user name of the service, and the file with the password or key, under Settings."),
  SERVICE_MISMATCH: msg("Bring the service to what is named above, or enter the address of another under Settings."),
  SERVICE_BAD_ANSWER: msg(
    "Check under Settings that the address leads to this service, then look into the service's own log.",
  ),
  DATA_CORRUPT: msg("The damaged file was kept aside. The journal says where."),
};

/** What a code says by itself. In English the engine's own message says more. */
const BY_CODE: Partial<Record<ErrorCode, Message>> = {
  INVALID_INPUT: msg("This input is not accepted."),
  SETTINGS_INVALID: msg("These settings are not accepted."),
  UNAUTHORIZED: msg("You are signed out."),
  FORBIDDEN: msg("This is not allowed."),
  FILE_NOT_READABLE: msg("The file can't be read."),
  FILE_NOT_FOUND: msg("The file is not there."),
  PRODUCT_NOT_FOUND: msg("There is no such product."),
  PICTURE_NOT_FOUND: msg("There is no such picture."),
  RUN_NOT_FOUND: msg("There is no such run."),
  IMPORT_NOT_FOUND: msg("There is no such import."),
  BACKUP_NOT_FOUND: msg("There is no such backup."),
  BATCH_NOT_FOUND: msg("There is no such batch."),
  EVALUATION_NOT_FOUND: msg("There is no such evaluation."),
  MAP_NOT_FOUND: msg("There is no map yet."),
  DRAFT_NOT_FOUND: msg("There is no such draft."),
  DECISION_NOT_FOUND: msg("There is no such decision."),
  JOB_NOT_FOUND: msg("This work has ended already."),
  PRODUCT_EXISTS: msg("There is a product with this SKU already."),
  CHANGE_NOT_FOUND: msg("There is no such change."),
  PRODUCT_CHANGED: msg("The product was changed meanwhile."),
  JOB_RUNNING: msg("A bulk change is running."),
  BARCODE_TAKEN: msg("Another product has this barcode."),
  IMPORT_RUNNING: msg("An import is running."),
  EVALUATION_RUNNING: msg("An evaluation is running."),
  ENGINE_RUNNING: msg("Another engine uses this data folder."),
  IMAGE_TOO_LARGE: msg("The picture is too large."),
  UPLOAD_TOO_LARGE: msg("The upload is larger than the limit."),
  IMAGE_UNSUPPORTED: msg("Pictures of this format are not supported."),
  IMAGE_UNREADABLE: msg("The picture can't be read."),
  IMPORT_UNREADABLE: msg("The import can't be read."),
  BACKUP_UNREADABLE: msg("The backup can't be read."),
  DIMENSION_MISMATCH: msg("The vectors have another length than the collection."),
  FINGERPRINT_MISMATCH: msg("The vectors come from another encoder."),
  CANCELLED: msg("Cancelled."),
  INTERNAL: msg("Something went wrong in Shelfmatch itself."),
  DATA_CORRUPT: msg("Stored data are damaged."),
  SERVICE_DENIED: msg("A service refused the credentials."),
  SERVICE_MISMATCH: msg("A service is not the one that is needed."),
  SERVICE_BAD_ANSWER: msg("A service answered what it should not."),
  BUSY: msg("The engine has too much to do."),
  ENGINE_GONE: msg("The engine does not answer."),
  SERVICE_UNAVAILABLE: msg("A service does not answer."),
  TIMEOUT: msg("It took too long."),
  DISK_FULL: msg("The disk is full."),
};

/** The engine's own words in English, or where there are no others; otherwise those, with the engine's behind them. */
export const inWords = (said: Message | undefined, message: string): string =>
  i18n.locale === "en" || said === undefined ? message : `${t(said)} (${message})`;

/**
 * What the engine says of an error: its own words in English, otherwise the code's sentence with them behind it.
 * @returns the engine's words where the code is not known
 */
export function errorText({ code, message }: { code: string; message: string }): string {
  return inWords(isErrorCode(code) ? BY_CODE[code] : undefined, message);
}

/** A service of the stack is the cause: its page shows how it is. */
export function isServiceFault(code: string): boolean {
  return code.startsWith("SERVICE_");
}

/** @returns what the person can do about an error of this code; empty where nothing general can be said */
export function nextStepOf(code: string): string {
  const step = isErrorCode(code) ? NEXT_STEPS[code] : undefined;
  return step === undefined ? "" : t(step);
}

interface ErrorData {
  retryable?: unknown;
}

function problem(code: ErrorCode, message: string, retryable: boolean): Problem {
  const original = withoutSeeStack(message);
  const rest = { code, nextStep: nextStepOf(code), retryable };
  const said = BY_CODE[code];
  if (i18n.locale === "en" || said === undefined) return { ...rest, message: original };
  return { ...rest, message: t(said), ...(original === t(said) ? {} : { original }) };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Whatever was thrown, as one of the product's coded errors. */
export function toProblem(error: unknown): Problem {
  if (isAbort(error)) return problem("CANCELLED", t("Cancelled."), true);
  if (error instanceof ORPCError) {
    const data: ErrorData = typeof error.data === "object" && error.data !== null ? error.data : {};
    if (isErrorCode(error.code)) return problem(error.code, error.message, data.retryable === true);
    // A proxy or a host without the engine answers with codes of its own.
    if (error.status === 413) return problem("UPLOAD_TOO_LARGE", t("The upload is larger than the limit."), false);
    if (error.status === 400) return problem("INVALID_INPUT", error.message, false);
    if (error.status >= 502) return problem("ENGINE_GONE", t("The engine does not answer."), true);
    return problem("INTERNAL", error.message, false);
  }
  // What fetch throws when there is no connection.
  if (error instanceof TypeError) return problem("ENGINE_GONE", t("The engine does not answer."), true);
  return problem("INTERNAL", error instanceof Error ? error.message : String(error), false);
}
