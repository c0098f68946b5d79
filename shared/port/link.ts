import { ORPCError } from "@orpc/client";
import type { StandardLazyResponse, StandardRequest } from "@orpc/standard-server";
import { ClientPeer } from "@orpc/standard-server-peer";
import { ERROR_STATUS, type ErrorCode } from "../errors.ts";
import { ACKNOWLEDGE_EVERY, MAX_MESSAGE_BYTES, type PortData } from "./data.ts";

/** The calling end of a port: what the page holds. */
export interface PortCaller {
  /** @throws ORPCError ENGINE_GONE, retryable, at once where the port is closed, and as soon as it closes */
  call(request: StandardRequest): Promise<StandardLazyResponse>;
  /** For what arrives. One that can't be read is handed to `onMalformed` and hurts no call. */
  receive(data: unknown): void;
  /** Ends all calls with ENGINE_GONE. Safe to call twice. */
  close(): void;
}

/** An error of the contract that arises on this side of the port. */
export function portError(code: ErrorCode, message: string, retryable: boolean): ORPCError<string, unknown> {
  return new ORPCError(code, { defined: true, status: ERROR_STATUS[code], message, data: { retryable } });
}

export const engineGone = () => portError("ENGINE_GONE", "The engine has ended. It is being started again.", true);

/**
 * @param send posts to the other end
 * @param onMalformed hears of a message that is none
 */
export function callOver(send: (data: PortData) => void, onMalformed: (error: unknown) => void): PortCaller {
  let closed = false;
  let taken = 0;
  const peer = new ClientPeer(async (data) => {
    if (closed) throw engineGone();
    const message = data as PortData;
    const bytes = typeof message === "object" ? message.byteLength : 0;
    if (bytes > MAX_MESSAGE_BYTES) {
      const limit = MAX_MESSAGE_BYTES / 2 ** 20;
      throw portError(
        "UPLOAD_TOO_LARGE",
        `These files are too large to send at once: the limit is ${limit} MiB.`,
        false,
      );
    }
    send(message);
  });
  return {
    async call(request) {
      if (closed) throw engineGone();
      const response = await peer.request(request);
      return { ...response, body: () => Promise.resolve(response.body) };
    },
    receive(data) {
      taken += 1;
      if (taken % ACKNOWLEDGE_EVERY === 0) send(ACKNOWLEDGE_EVERY);
      peer.message(data as string | Uint8Array<ArrayBuffer>).catch(onMalformed);
    },
    close() {
      if (closed) return;
      closed = true;
      peer.close({ reason: engineGone() });
    },
  };
}
