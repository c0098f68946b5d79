import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers in the place of the server. */
type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

interface Proxy {
  url: string;
  /** How inferences are answered from now on; null passes them on, as everything else is. */
  inferences(answer: Answer | null): void;
  close(): Promise<void>;
}

/** Stands before a Triton and says something else to inferences. */
export async function startProxy(target: string): Promise<Proxy> {
  let answer: Answer | null = null;
  const server = createServer((incoming, outgoing) => {
    if (answer !== null && incoming.url?.endsWith("/infer")) return answer(incoming, outgoing);
    const onward = request(
      `${target}${incoming.url}`,
      { method: incoming.method, headers: { ...incoming.headers, connection: "close" } },
      (reply) => {
        const { connection: _, ...headers } = reply.headers;
        outgoing.writeHead(reply.statusCode ?? 502, headers);
        reply.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inferences(next) {
      answer = next;
    },
    async close() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
