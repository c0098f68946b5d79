/**
 * Every error code that the product can answer with, and the HTTP status it has on the web host. Of a service of the
 * stack: UNAVAILABLE is not there or not able now, DENIED refused the credentials, MISMATCH is another version, model or
 * dimension than is needed, BAD_ANSWER said something that it should not say.
 * Expected failures are thrown as ShelfmatchError; anything else is a programming error and reaches callers as INTERNAL.
 */
export const ERROR_STATUS = {
  INVALID_INPUT: 400,
  SETTINGS_INVALID: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  FILE_NOT_READABLE: 403,
  FILE_NOT_FOUND: 404,
  PRODUCT_NOT_FOUND: 404,
  PICTURE_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  IMPORT_NOT_FOUND: 404,
  BACKUP_NOT_FOUND: 404,
  EVALUATION_NOT_FOUND: 404,
  BATCH_NOT_FOUND: 404,
  DRAFT_NOT_FOUND: 404,
  DECISION_NOT_FOUND: 404,
  MAP_NOT_FOUND: 404,
  CHANGE_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  PRODUCT_EXISTS: 409,
  BARCODE_TAKEN: 409,
  PRODUCT_CHANGED: 409,
  JOB_RUNNING: 409,
  IMPORT_RUNNING: 409,
  EVALUATION_RUNNING: 409,
  ENGINE_RUNNING: 409,
  IMAGE_TOO_LARGE: 413,
  UPLOAD_TOO_LARGE: 413,
  IMAGE_UNSUPPORTED: 415,
  IMAGE_UNREADABLE: 422,
  IMPORT_UNREADABLE: 422,
  BACKUP_UNREADABLE: 422,
  DIMENSION_MISMATCH: 422,
  FINGERPRINT_MISMATCH: 422,
  CANCELLED: 499,
  INTERNAL: 500,
  DATA_CORRUPT: 500,
  SERVICE_DENIED: 502,
  SERVICE_MISMATCH: 502,
  SERVICE_BAD_ANSWER: 502,
  BUSY: 503,
  ENGINE_GONE: 503,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
  DISK_FULL: 507,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ErrorBody {
  code: ErrorCode;
  /** Names the thing, the reason and the next step, in one or two sentences for the user. */
  message: string;
  /** Whether the same call may go through later without a change. */
  retryable: boolean;
  details?: Record<string, unknown>;
}

interface ErrorOptions {
  retryable?: boolean;
  details?: Record<string, unknown>;
  cause?: unknown;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  "BUSY",
  "ENGINE_GONE",
  "TIMEOUT",
  "IMPORT_RUNNING",
  "EVALUATION_RUNNING",
  "JOB_RUNNING",
  "SERVICE_UNAVAILABLE",
  "SERVICE_BAD_ANSWER",
]);

export class ShelfmatchError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "ShelfmatchError";
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.details = options.details;
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Whether a stranger's value carries one of the product's error codes (errors lose their class on the way through a port). */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_STATUS, value);
}

const SERVICE_CODES: ReadonlySet<ErrorCode> = new Set([
  "SERVICE_UNAVAILABLE",
  "SERVICE_DENIED",
  "SERVICE_MISMATCH",
  "SERVICE_BAD_ANSWER",
  "TIMEOUT",
]);

/** Whether it is a service that failed, and not the request: what needs no such service may go on. */
export function isServiceError(error: unknown): error is ShelfmatchError {
  return error instanceof ShelfmatchError && SERVICE_CODES.has(error.code);
}

/** Where a message about a service leads; what is there already leaves it out. */
export const SEE_STACK = "See the stack page, or run `shelfmatch doctor`.";

/** A service's own words, for the stack page and for `doctor`: they don't point to themselves. */
export function withoutSeeStack(message: string): string {
  return message.replaceAll(SEE_STACK, "").replace(/\s+/g, " ").trim();
}
