import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

/** What becomes of a request on its way to a real server. */
export type Fault =
  /** It reaches the server late. */
  | { delayMs: number }
  /** It never reaches the server: this is the answer. */
  | { status: number; body: string; type?: string }
  /** The server does it, and the connection breaks in the middle of the answer. */
  | "cut";

export interface FaultProxy {
  url: string;
  /** Requests that came, whatever became of them. */
  readonly requests: number;
  /** From now on; null lets everything through. @param path only requests to these paths */
  set(fault: Fault | null, path?: RegExp): void;
  close(): Promise<void>;
}

/** A proxy on loopback that does to HTTP requests what a bad day does. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let fault: Fault | null = null;
  let only: RegExp | undefined;
  let requests = 0;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse, cut: boolean): Promise<void> {
    const { method, headers, url = "/" } = incoming;
    const onward = request(new URL(url, target), { method, headers, agent: false });
    incoming.pipe(onward);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    if (!cut) {
      answer.pipe(outgoing);
      return;
    }
    const body = await buffer(answer);
    outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.destroy());
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    requests += 1;
    const mine = only === undefined || only.test(incoming.url ?? "") ? fault : null;
    if (mine !== null && mine !== "cut" && "status" in mine) {
      incoming.resume();
      outgoing.writeHead(mine.status, { "content-type": mine.type ?? "application/json" }).end(mine.body);
      return;
    }
    if (mine !== null && mine !== "cut") await setTimeout(mine.delayMs);
    await forward(incoming, outgoing, mine === "cut");
  }

  const server = createServer((incoming, outgoing) => {
    // A server that is gone, or a client that is: the connection ends.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    set(wanted, path) {
      fault = wanted;
      only = path;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
