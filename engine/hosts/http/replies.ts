import { ERROR_STATUS, type ShelfmatchError } from "../../../shared/errors.ts";
import { toORPCError } from "../../api/errors.ts";

/** The error body of plain HTTP: always these four keys. */
export function errorBody({ code, message, retryable, details }: ShelfmatchError) {
  return { code, message, retryable, details: details ?? {} };
}

/** An error before, or outside, oRPC, in the form that the door's clients read. */
export function errorResponse(
  error: ShelfmatchError,
  path: string,
  status: number = ERROR_STATUS[error.code],
): Response {
  const body = path.startsWith("/rpc/") ? { json: toORPCError(error).toJSON(), meta: [] } : errorBody(error);
  const headers: Record<string, string> = { "content-type": "application/json", "cache-control": "no-store" };
  if (error.code === "UNAUTHORIZED") headers["www-authenticate"] = 'Bearer realm="Shelfmatch"';
  // What is left of an upload that was refused is not read: the connection can't go on.
  if (error.code === "UPLOAD_TOO_LARGE") headers.connection = "close";
  return new Response(JSON.stringify(body), { status, headers });
}
