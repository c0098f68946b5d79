import { SEE_STACK, ShelfmatchError } from "../../../shared/errors.ts";

/** Triton answered, and said no. */
export class TritonRefusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.name = "TritonRefusal";
    this.status = status;
  }

  /** The model is not in memory: never loaded, or unloaded; a load may bring it. */
  get notLoaded(): boolean {
    return this.status === 404 || /unknown model|no available versions|is not ready|not ready/i.test(this.message);
  }

  /**
   * The process that runs a Python model died: Triton neither starts it again nor calls the model unready. Of `infer` with
   * status 500, of `generate` with 400, as every error of it.
   */
  get stubDied(): boolean {
    return /stub process .* is not healthy/i.test(this.message);
  }
}

const NOT_REACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's address could not be looked up",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ETIMEDOUT: "the connection was not answered",
  UND_ERR_CONNECT_TIMEOUT: "the connection was not answered",
  ECONNRESET: "it broke off the connection",
  EPIPE: "it broke off the connection",
  UND_ERR_SOCKET: "it broke off the connection",
  UND_ERR_CLOSED: "the connection to it has been closed",
  UND_ERR_DESTROYED: "the connection to it has been closed",
};

/** What undici or Triton itself said, as the product's own error; null for answers that make no sense. */
export function translate(error: unknown, { address }: { address: string }): ShelfmatchError | null {
  if (error instanceof TritonRefusal) return refused(error, address);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const message = `Triton at ${address} did not answer in time. It may be overloaded. ${SEE_STACK}`;
    return new ShelfmatchError("TIMEOUT", message, { cause: error });
  }
  const reason = NOT_REACHABLE[codeOf(error) ?? ""];
  if (reason === undefined) return null;
  const message = `Triton at ${address} is not reachable: ${reason}. Start it, or set triton.url. ${SEE_STACK}`;
  return new ShelfmatchError("SERVICE_UNAVAILABLE", message, { cause: error });
}

/** A connection that was kept and had gone: the request may not have arrived. */
export const brokeOff = (error: unknown) => ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(codeOf(error) ?? "");

/** undici wraps some errors, and Node gathers those of several addresses. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error.cause);
}

function refused(refusal: TritonRefusal, address: string): ShelfmatchError {
  const { status, message: reason } = refusal;
  const said = `Triton at ${address} answered ${status}: ${reason}`;
  const options = { cause: refusal, details: { status } };
  if (status === 401 || status === 403) {
    const message = `${said}. Put the user and password that it wants into triton.url.`;
    return new ShelfmatchError("SERVICE_DENIED", message, options);
  }
  if (status === 429 || /exceeds? maximum queue size/i.test(reason)) {
    return new ShelfmatchError(
      "BUSY",
      `${said}. It has more requests waiting than it takes. Try again shortly.`,
      options,
    );
  }
  if (/timeout expired/i.test(reason)) {
    return new ShelfmatchError("TIMEOUT", `${said}. It is overloaded. ${SEE_STACK}`, options);
  }
  if (refusal.notLoaded || status >= 500) {
    return new ShelfmatchError("SERVICE_UNAVAILABLE", `${said}. ${SEE_STACK}`, options);
  }
  const message = `${said}. Its model takes other requests than this app's: lay out the model repository of this version.`;
  return new ShelfmatchError("SERVICE_MISMATCH", message, options);
}
