import { setTimeout as sleep } from "node:timers/promises";
import pLimit, { type LimitFunction } from "p-limit";
import { Agent, buildConnector, type Dispatcher, errors as undici } from "undici";
import type { Problem } from "../problem.ts";
import { type AddressPolicy, addressesOf, publicAddresses } from "./address-policy.ts";
import { sniffPicture } from "./sniff.ts";

/**
 * Fetches pictures that a table names by web addresses. The address is judged when it is connected to, not before: a
 * name that answers with another address the second time (DNS rebinding) leads nowhere. Each redirect is judged anew.
 * Nothing of this machine goes along: no cookies, no credentials, no referrer, no proxy of the environment.
 */

export interface FetchLimits {
  /** Of one picture. */
  bytes: number;
  /** For one picture with its redirects and tries. */
  totalMs: number;
  redirects: number;
  perHost: number;
  tries: number;
}

export interface PictureFetcher {
  /** @returns its bytes, or why it can't be had: names the address, the reason and the next step */
  fetch(url: string, signal: AbortSignal): Promise<Uint8Array | Problem>;
  close(): Promise<void>;
}

interface FetcherOptions {
  limits: FetchLimits;
  /** Tests allow a server of their own; nothing that a user can reach does. */
  policy?: AddressPolicy;
  resolve?: typeof addressesOf;
}

const CONNECT_MS = 10_000;
const RETRY_MS = 500;
/** Answers that may be another a moment later. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_HOSTS = 1_000;

export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text.trim());
}

class Refused extends Error {}

export function createPictureFetcher({
  limits,
  policy = publicAddresses,
  resolve = addressesOf,
}: FetcherOptions): PictureFetcher {
  const connect = buildConnector({ timeout: CONNECT_MS });
  const agent = new Agent({
    connect(options, callback) {
      connectChecked(options).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
    headersTimeout: limits.totalMs,
    bodyTimeout: limits.totalMs,
    maxHeaderSize: 16 * 1024,
  });
  const hosts = new Map<string, LimitFunction>();

  /** Connects to an address that was judged, and to no name: what the name says a moment later plays no part. */
  async function connectChecked(options: buildConnector.Options) {
    const { hostname } = options;
    const [first, ...more] = await resolve(hostname);
    if (first === undefined) throw new Refused(`the host ${hostname} has no address`);
    for (const { address } of [first, ...more]) {
      const why = policy.refusal(address);
      if (why !== null)
        throw new Refused(`${address === hostname ? "it" : `${hostname} leads to ${address}, which`} ${why}`);
    }
    return new Promise<Parameters<Extract<buildConnector.Callback, (error: null, ...rest: never[]) => void>>[1]>(
      (done, fail) => {
        const servername = options.servername ?? hostname;
        const host = first.family === 6 ? `[${first.address}]` : first.address;
        connect({ ...options, host, hostname: first.address, servername }, (error, socket) => {
          if (error !== null || socket === null) return fail(error ?? new Error("not connected"));
          const reached = socket.remoteAddress ?? "";
          const why = policy.refusal(reached);
          if (why === null) return done(socket as never);
          socket.destroy();
          fail(new Refused(`it was reached at ${reached}, which ${why}`));
        });
      },
    );
  }

  function limitOf(host: string): LimitFunction {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    if (hosts.size >= MOST_HOSTS) hosts.clear();
    const limit = pLimit(limits.perHost);
    hosts.set(host, limit);
    return limit;
  }

  /** One try, with its redirects. @throws Refused, or what the network says */
  async function once(url: string, signal: AbortSignal): Promise<Uint8Array | { again: string }> {
    let at = checkedUrl(url);
    for (let hops = 0; ; hops += 1) {
      const answer = await agent.request({
        ...{ origin: at.origin, path: `${at.pathname}${at.search}`, method: "GET", signal },
        headers: { accept: "image/*", "user-agent": "Shelfmatch", "accept-encoding": "identity" },
      });
      const { statusCode, headers, body } = answer;
      if (REDIRECTS.has(statusCode)) {
        body.on("error", () => undefined).destroy();
        const location = headers.location;
        if (typeof location !== "string") throw new Refused("it redirects to nowhere");
        if (hops >= limits.redirects) throw new Refused(`it redirects more than ${limits.redirects} times`);
        const next = checkedUrl(new URL(location, at).href);
        if (at.protocol === "https:" && next.protocol === "http:") {
          throw new Refused("it redirects from https to http, where anybody on the way can change the picture");
        }
        at = next;
        continue;
      }
      if (statusCode !== 200) {
        body.on("error", () => undefined).destroy();
        const what = `the server answers ${statusCode}`;
        if (TRANSIENT.has(statusCode)) return { again: what };
        throw new Refused(what);
      }
      return readLimited(answer, limits.bytes);
    }
  }

  async function tries(url: string, signal: AbortSignal): Promise<Uint8Array> {
    for (let tried = 1; ; tried += 1) {
      const outcome = await once(url, signal).catch((error: unknown) => {
        const refused = refusedBehind(error);
        if (refused !== null) throw refused;
        if (signal.aborted) throw error;
        return { again: networkReason(error) };
      });
      if (outcome instanceof Uint8Array) return outcome;
      if (tried >= limits.tries) throw new Refused(`${outcome.again}, also after ${tried} tries`);
      await sleep(RETRY_MS * 2 ** (tried - 1) * (0.5 + Math.random()), undefined, { signal });
    }
  }

  return {
    async fetch(url, signal) {
      let host: string;
      try {
        ({ host } = checkedUrl(url));
      } catch (error) {
        if (error instanceof Refused) return problem(url, error.message);
        throw error;
      }
      return limitOf(host)(async () => {
        const timeout = AbortSignal.timeout(limits.totalMs);
        try {
          return await tries(url, AbortSignal.any([signal, timeout]));
        } catch (error) {
          signal.throwIfAborted();
          if (timeout.aborted) return problem(url, `it took longer than ${Math.round(limits.totalMs / 1000)} s`);
          if (error instanceof Refused) return problem(url, error.message);
          throw error;
        }
      });
    },
    close: () => agent.destroy(),
  };
}

function checkedUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Refused("it is no web address");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Refused(`it leads to ${url.protocol.slice(0, 40)} and only http and https are fetched`);
  }
  if (url.username !== "" || url.password !== "") throw new Refused("it has a user name or password in it");
  return url;
}

/** @throws Refused for what is larger, or no picture by its first bytes, whatever the server calls it */
async function readLimited({ headers, body }: Dispatcher.ResponseData, most: number): Promise<Uint8Array> {
  const tooLarge = () => new Refused(`it is larger than the ${Math.round(most / 1e6)} MB that are allowed`);
  const encoding = headers["content-encoding"];
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    if (encoding !== undefined && encoding !== "identity") throw new Refused("the server sends it packed");
    if (Number(headers["content-length"] ?? 0) > most) throw tooLarge();
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > most) throw tooLarge();
      chunks.push(chunk);
      if (chunks.length === 1 && chunk.length >= 16 && !sniffPicture(chunk)) throw new Refused("it is no picture");
    }
  } catch (error) {
    body.on("error", () => undefined).destroy();
    throw error;
  }
  const whole = Buffer.concat(chunks);
  if (!sniffPicture(whole)) throw new Refused("it is no picture");
  return new Uint8Array(whole);
}

function refusedBehind(error: unknown): Refused | null {
  if (error instanceof Refused) return error;
  return error instanceof Error && error.cause instanceof Refused ? error.cause : null;
}

function networkReason(error: unknown): string {
  if (error instanceof undici.ConnectTimeoutError) return "the server can't be reached in time";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host has no address";
  if (code === "ECONNREFUSED") return "nothing answers there";
  return error instanceof Error ? error.message : String(error);
}

function problem(url: string, why: string): Problem {
  const message = `The picture ${url.slice(0, 300)} was not fetched: ${why}. Correct the address, or save the picture beside the list and name it there.`;
  return { code: "PICTURE_NOT_FETCHED", message };
}
