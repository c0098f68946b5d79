import type { StandardRequest, StandardResponse } from "@orpc/standard-server";
import { ServerPeer } from "@orpc/standard-server-peer";
import { type PortData, WINDOW } from "./data.ts";

/** The answering end of a port. */
export interface PortServer {
  receive(data: unknown): void;
  /** Aborts what is running for the caller, who is gone. */
  close(): void;
}

export interface PortServerOptions {
  /** Posts to the other end; resolves when it is on its way. */
  send(data: PortData): Promise<void>;
  handle(request: StandardRequest): Promise<StandardResponse>;
  /** Hears of messages that are none, and of answers that could not be sent: neither may end the engine. */
  onFault(error: unknown): void;
}

export function serveOver({ send, handle, onFault }: PortServerOptions): PortServer {
  let unacknowledged = 0;
  let closed = false;
  let wake: (() => void)[] = [];
  const wakeAll = () => {
    for (const go of wake.splice(0)) go();
  };
  const peer = new ServerPeer(async (data) => {
    // A page that does not keep up holds back the streams that feed it, and not the engine's memory.
    while (unacknowledged >= WINDOW && !closed) await new Promise<void>((resolve) => wake.push(resolve));
    if (closed) return;
    unacknowledged += 1;
    await send(data as PortData);
  });
  return {
    receive(data) {
      if (typeof data === "number") {
        unacknowledged = Math.max(0, unacknowledged - data);
        wakeAll();
        return;
      }
      peer.message(data as string | Uint8Array<ArrayBuffer>, handle).catch(onFault);
    },
    close() {
      closed = true;
      peer.close();
      wakeAll();
      wake = [];
    },
  };
}
