import { z } from "zod";
import { SEE_STACK, ShelfmatchError } from "../../../shared/errors.ts";
import { networkFailure } from "../../lib/remote/network-failure.ts";

/** What the client or the server said, as the product's own errors (Qdrant 1.19, src/actix/helpers.rs). */

interface Service {
  name: string;
  address: string;
}

/** As the client throws it: an answer other than 200, its body as JSON where it was JSON, else as text. */
const answerSchema = z.object({ status: z.number(), data: z.unknown() });
const errorBody = z.object({ status: z.object({ error: z.string() }) });

/** What the disk's end is called: by the write-ahead log since 1.0, by the operating system, by quotas since 1.19. */
const NO_SPACE = /no space left|out of disk|disk full|insufficient storage/i;
function ofAnswer(status: number, data: unknown, { name, address }: Service, cause: unknown): ShelfmatchError {
  const said = errorBody.safeParse(data);
  const reason = said.success ? said.data.status.error : typeof data === "string" ? data.slice(0, 200) : "";
  const details = { status, reason };
  const error = (
    code: ConstructorParameters<typeof ShelfmatchError>[0],
    text: string,
    more: { retryable?: boolean; details?: Record<string, unknown> } = {},
  ) => new ShelfmatchError(code, text, { details, cause, ...more });
  const plain = `${name} at ${address}`;

  if (status === 507 || NO_SPACE.test(reason)) {
    const text = `The disk of ${plain} is full (${reason}). Give it space; indexing goes on by itself.`;
    return error("DISK_FULL", text, { retryable: true });
  }
  if (status === 401 || (status === 403 && !/lock/i.test(reason))) {
    return error(
      "SERVICE_DENIED",
      `${plain} refused the API key (${reason}). Set qdrant.apiKeyFile to its key's file.`,
    );
  }
  if (status === 404 && /collection/i.test(reason)) {
    const text = `${plain} does not have the collection any more (${reason}). A new one is made and the catalogue indexed again.`;
    return error("SERVICE_MISMATCH", text, { retryable: true, details: { ...details, vectorsLost: true } });
  }
  if (status === 429) return error("BUSY", `${plain} limits how many calls it takes (${reason}). Try again shortly.`);
  if (status === 408)
    return error("TIMEOUT", `${plain} gave a call up (${reason}). It may be overloaded. ${SEE_STACK}`);
  if (status >= 500 || status === 403) {
    return error("SERVICE_UNAVAILABLE", `${plain} is not able to answer now (${status}: ${reason}). ${SEE_STACK}`);
  }
  return error(
    "SERVICE_MISMATCH",
    `${plain} did not take a call (${status}: ${reason}). Its version, or a collection's settings, are other than Shelfmatch needs. ${SEE_STACK}`,
  );
}

/** @returns null where neither the server nor the network said it */
export function toServiceError(error: unknown, service: Service): ShelfmatchError | null {
  if (!(error instanceof Error)) return null;
  const answer = answerSchema.safeParse(error);
  if (answer.success) return ofAnswer(answer.data.status, answer.data.data, service, error);
  const { name, address } = service;
  if (error.name === "QdrantClientResourceExhaustedError") {
    return new ShelfmatchError("BUSY", `${name} at ${address} limits how many calls it takes. Try again shortly.`, {
      cause: error,
    });
  }
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).split("\n").join("; ") : error.message;
    const text = `${name} at ${address} answered with something that is no answer of a Qdrant (${reason}). Is another program at this address? ${SEE_STACK}`;
    return new ShelfmatchError("SERVICE_BAD_ANSWER", text, { cause: error });
  }
  if (error.name === "TimeoutError") {
    return new ShelfmatchError(
      "TIMEOUT",
      `${name} at ${address} did not answer in time. It may be overloaded. ${SEE_STACK}`,
      {
        cause: error,
      },
    );
  }
  const reason = networkFailure(error);
  if (reason === null) return null;
  const text =
    reason === "terminated"
      ? `${name} at ${address} broke off in the middle of an answer. ${SEE_STACK}`
      : `${name} at ${address} is not reachable (${reason}). Start it, or set qdrant.url. ${SEE_STACK}`;
  return new ShelfmatchError("SERVICE_UNAVAILABLE", text, { cause: error });
}
