import { isIP } from "node:net";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { isLoopback } from "../../config/loopback.ts";

/**
 * Who may talk to the web host through a browser. The Host check stops DNS rebinding (a page whose name is made to
 * point at this machine sends that name), the Origin check stops other sites' pages from acting with our cookie or,
 * on an open loopback host, with nothing at all.
 */

export interface GuardSettings {
  /** Address that the host listens on. */
  listens: string;
  /** Further names that browsers may use. */
  allowedHosts: readonly string[];
}

/** `[::1]:80` is `::1`; null where it is no host. */
function nameOf(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, "").toLowerCase();
  } catch {
    return null;
  }
}

function isKnown(name: string, { listens, allowedHosts }: GuardSettings): boolean {
  if (isLoopback(name) || name === listens.toLowerCase()) return true;
  if (allowedHosts.some((allowed) => nameOf(allowed) === name)) return true;
  // A numeric address can't be rebound; on a host for other machines any of this machine's may be meant.
  return !isLoopback(listens) && isIP(name) !== 0;
}

function forbidden(message: string): ShelfmatchError {
  return new ShelfmatchError("FORBIDDEN", message);
}

/** @throws ShelfmatchError FORBIDDEN */
export function assertHost(host: string | undefined, settings: GuardSettings): void {
  const name = host === undefined ? null : nameOf(host);
  if (name !== null && isKnown(name, settings)) return;
  throw forbidden(
    `This server is not called ${JSON.stringify(host ?? "")}. Use its own address, or add the name to server.allowedHosts.`,
  );
}

/** @throws ShelfmatchError FORBIDDEN for what another site's page sends */
export function assertOrigin(headers: Headers, settings: GuardSettings): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const refused = forbidden("Pages of other sites may not use this server. Open it under its own address.");
  if (origin !== null) {
    if (!URL.canParse(origin)) throw refused;
    const { host, hostname, protocol } = new URL(origin);
    const own = host === headers.get("host")?.toLowerCase();
    // Behind a proxy the Host may be the proxy's choice; the names that are allowed to browsers are ours all the same.
    const allowed = settings.allowedHosts.some((each) => nameOf(each) === hostname.toLowerCase());
    if (!["http:", "https:"].includes(protocol) || !(own || allowed)) throw refused;
  } else if (site !== null && site !== "same-origin" && site !== "none") {
    throw refused;
  }
}
