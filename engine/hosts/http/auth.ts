import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Who calls: another door of this machine, somebody with the configured token, or anybody where none is configured. */
export type Identity = "engine" | "token" | "open";

export const SESSION_COOKIE = "shelfmatch_session";
const SESSION_SECONDS = 30 * 86_400;

export interface AuthSettings {
  /** The one of `engine.json`; null where no other door attaches. */
  engineToken: string | null;
  /** `server.token`; null leaves the host open, which is for loopback only. */
  token: string | null;
}

/** Compares in a time that tells nothing of where they differ. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function sign(token: string, expires: number): string {
  const mac = createHmac("sha256", token).update(`shelfmatch-session.${expires}`).digest("base64url");
  return `${expires}.${mac}`;
}

function cookieOf(headers: Headers): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === SESSION_COOKIE && value !== undefined) return value;
  }
  return null;
}

/** null for a caller that must say who it is. */
export function identify(headers: Headers, { engineToken, token }: AuthSettings, now = Date.now()): Identity | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (bearer !== undefined) {
    if (engineToken !== null && same(bearer, engineToken)) return "engine";
    if (token !== null && same(bearer, token)) return "token";
    return null;
  }
  if (token === null) return "open";
  const cookie = cookieOf(headers);
  const expires = Number(cookie?.split(".")[0]);
  if (cookie !== null && expires * 1000 > now && same(cookie, sign(token, expires))) return "token";
  return null;
}

/**
 * The Set-Cookie of a login; null for a wrong token. The cookie holds no token, only proof of having known it, and is
 * void when the token changes.
 */
export function login(given: string, { token }: AuthSettings, secure: boolean, now = Date.now()): string | null {
  if (token === null || !same(given, token)) return null;
  const value = sign(token, Math.floor(now / 1000) + SESSION_SECONDS);
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

export const LOGOUT_COOKIE = `${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`;
