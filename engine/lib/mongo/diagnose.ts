import { type Document, MongoClient, type MongoServerSelectionError } from "mongodb";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { lonelyMessage, versionMessage } from "./errors.ts";

/** Oldest major release that the adapters are tested against. */
const LEAST_VERSION = 6;

/** Hosts of a connection string, without user and password: `a:27017,b:27017`. */
export function hostsOf(url: string): string {
  return url
    .replace(/^mongodb(\+srv)?:\/\//, "")
    .replace(/[/?].*$/, "")
    .replace(/^.*@/, "");
}

/**
 * Whether the server that answered is one that the adapters can use.
 * @param hello its answer to `hello`
 * @param version as `buildInfo` says it; null where it was not asked
 */
export function mismatchOf(hello: Document, version: string | null, at: string): ShelfmatchError | null {
  if (version !== null && Number.parseInt(version, 10) < LEAST_VERSION) {
    return new ShelfmatchError("SERVICE_MISMATCH", versionMessage(at, version));
  }
  // A router of a sharded cluster has no set of its own and knows transactions all the same.
  if (hello.msg === "isdbgrid" || typeof hello.setName === "string") return null;
  if (hello.isreplicaset === true) {
    const message = `${at} was started as a member of a replica set that nobody has initiated yet. Run rs.initiate() once in mongosh.`;
    return new ShelfmatchError("SERVICE_MISMATCH", message);
  }
  return new ShelfmatchError("SERVICE_MISMATCH", lonelyMessage(at));
}

/**
 * Why no server of the connection string could be selected, found by asking each by itself; null where none answers,
 * so that the driver's own word stands.
 * @param error of the driver; where it knows of each why it can't be reached, they are not asked again
 * @param timeoutMs for all of them together: they are asked at once
 */
export async function diagnose(
  url: string,
  error: MongoServerSelectionError,
  name: string,
  timeoutMs: number,
): Promise<ShelfmatchError | null> {
  // A +srv address names its servers in DNS: there is nothing to ask one by one.
  if (!url.startsWith("mongodb://")) return null;
  const hosts = hostsOf(url).split(",");
  const failure = (host: string) => error.reason?.servers.get(host.includes(":") ? host : `${host}:27017`)?.error;
  if (hosts.every((host) => failure(host))) return null;
  const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "");
  const wanted = query.get("replicaSet");
  query.delete("replicaSet");
  query.set("directConnection", "true");
  const found = await Promise.all(
    hosts.map(async (host) => {
      const at = `${name} at ${host}`;
      const hello = await helloOf(`mongodb://${host}/?${query}`, timeoutMs);
      if (hello === null) return null;
      return mismatchOf(hello, null, at) ?? otherSet(hello, wanted, at) ?? noPrimary(hello, at);
    }),
  );
  return found.find((reason) => reason !== null) ?? null;
}

async function helloOf(url: string, timeoutMs: number): Promise<Document | null> {
  let client: MongoClient | null = null;
  try {
    client = new MongoClient(url, {
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      socketTimeoutMS: timeoutMs,
    });
    return await client.db("admin").command({ hello: 1 });
  } catch {
    // It does not answer: that is the answer.
    return null;
  } finally {
    await client?.close();
  }
}

function otherSet(hello: Document, wanted: string | null, at: string): ShelfmatchError | null {
  if (wanted === null || hello.setName === undefined || hello.setName === wanted) return null;
  const message = `${at} belongs to the replica set "${hello.setName}", and mongo.url asks for "${wanted}". Correct replicaSet in mongo.url.`;
  return new ShelfmatchError("SERVICE_MISMATCH", message);
}

function noPrimary(hello: Document, at: string): ShelfmatchError {
  const members = Array.isArray(hello.hosts) ? hello.hosts.join(", ") : "unknown";
  const message =
    hello.isWritablePrimary === true
      ? `${at} answers, but its replica set calls its members ${members}, which this machine does not reach. Name the members so that every machine finds them, or add directConnection=true to mongo.url.`
      : `${at} answers, but its replica set (${members}) has no primary now. It elects one within seconds where most of its members are up.`;
  return new ShelfmatchError("SERVICE_UNAVAILABLE", message);
}
