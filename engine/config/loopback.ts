import type { Config } from "../../shared/config.ts";
import { ShelfmatchError } from "../../shared/errors.ts";

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare);
}

/** @throws ShelfmatchError SETTINGS_INVALID where other machines could reach the web host without a token */
export function assertGuarded(server: Pick<Config["server"], "host" | "token" | "tokenFile">): void {
  if (isLoopback(server.host) || server.token !== null || server.tokenFile !== null) return;
  const message = `The web host would be open to everyone who reaches ${server.host}: set server.token (16 characters or more) or server.tokenFile, or server.host to 127.0.0.1.`;
  throw new ShelfmatchError("SETTINGS_INVALID", message, { details: { path: "server.token" } });
}
