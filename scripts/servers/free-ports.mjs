import { once } from "node:events";
import { createServer } from "node:net";

/** @param {number} count @returns {Promise<number[]>} ports of loopback that nobody listens on */
export async function freePorts(count) {
  // All held until all are known: a port that is let go too early may be given out twice.
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => /** @type {import("node:net").AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** @returns {Promise<number>} a port of loopback that nobody listens on */
export async function freePort() {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error("No free port was given.");
  return port;
}
