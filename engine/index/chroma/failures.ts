import { SEE_STACK, ShelfmatchError } from "../../../shared/errors.ts";
import { networkFailure } from "../../lib/remote/network-failure.ts";

/** Chroma answered, and said no. */
export class ChromaRefusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.name = "ChromaRefusal";
    this.status = status;
  }
}

/** SQLite, in which Chroma keeps its log, and the operating system. */
const NO_SPACE = /no space left|disk is full|disk full|os error 28/i;

/** What fetch or the server said, as the product's own error; null for answers that make no sense. */
export function toServiceError(
  error: unknown,
  { name, address }: { name: string; address: string },
): ShelfmatchError | null {
  if (error instanceof ChromaRefusal) return refused(error, `${name} at ${address}`);
  const code = networkFailure(error);
  if (code === null) return null;
  const message = `${name} at ${address} is not reachable (${code}). Start it, or set chroma.url. ${SEE_STACK}`;
  return new ShelfmatchError("SERVICE_UNAVAILABLE", message, { cause: error });
}

function refused(refusal: ChromaRefusal, server: string): ShelfmatchError {
  const { status, message: reason } = refusal;
  const options = { cause: refusal, details: { status, reason } };
  if (NO_SPACE.test(reason)) {
    const message = `The disk of ${server} is full (${reason}). Give it space; indexing goes on by itself.`;
    return new ShelfmatchError("DISK_FULL", message, { ...options, retryable: true });
  }
  if (status === 401 || status === 403) {
    const message = `${server} wants credentials (${reason}). Shelfmatch has none for Chroma: let it in without, behind a proxy if need be.`;
    return new ShelfmatchError("SERVICE_DENIED", message, options);
  }
  if (status === 404 && /^(collection|database) /i.test(reason)) {
    const message = `${server} does not have the collection any more (${reason}). A new one is made and the catalogue indexed again.`;
    const details = { ...options.details, vectorsLost: true };
    return new ShelfmatchError("SERVICE_MISMATCH", message, { ...options, details, retryable: true });
  }
  if (status === 429) {
    return new ShelfmatchError("BUSY", `${server} limits how many calls it takes. Try again shortly.`, options);
  }
  if (status >= 500) {
    const message = `${server} is not able to answer now (${status}: ${reason}). ${SEE_STACK}`;
    return new ShelfmatchError("SERVICE_UNAVAILABLE", message, options);
  }
  const message = `${server} did not take a call (${status}: ${reason}). Its version, or a collection's settings, are other than Shelfmatch needs: it wants Chroma 1.0 or later. ${SEE_STACK}`;
  return new ShelfmatchError("SERVICE_MISMATCH", message, options);
}
