import { createHash } from "node:crypto";

/** What things are called in Qdrant. The aliases carry the fingerprints: whoever looks into the server can read them. */

type Fingerprints = { image: { fingerprint: string }; text: { fingerprint: string } };

/** Letters, digits, `-` and `_` stay; the rest, dots and what Qdrant forbids among it, is percent-encoded. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[.!~*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** The collection itself. An operator may restore a snapshot under another name and point the alias there. */
export function collectionName(prefix: string, { image, text }: Fingerprints): string {
  const identity = JSON.stringify([image.fingerprint, text.fingerprint]);
  return `${prefix}.${createHash("sha256").update(identity).digest("hex").slice(0, 16)}`;
}

/** The alias that every call goes through: one for each pair of encoder fingerprints. */
export function pairAlias(prefix: string, { image, text }: Fingerprints): string {
  return `${prefix}.${encode(image.fingerprint)}.${encode(text.fingerprint)}`;
}

/** The alias of the collection that is searched. */
export const activeAlias = (prefix: string) => `${prefix}.active`;

/** @returns the fingerprints that an alias of this prefix names; null where it is no pair's alias */
export function fingerprintsOf(prefix: string, alias: string): { image: string; text: string } | null {
  if (!alias.startsWith(`${prefix}.`)) return null;
  const [image, text, ...more] = alias.slice(prefix.length + 1).split(".");
  if (image === undefined || text === undefined || more.length > 0) return null;
  return { image: decodeURIComponent(image), text: decodeURIComponent(text) };
}

/** Namespace of this app's points; any UUID would do, as long as it stays the same. */
const NAMESPACE = Buffer.from("5b1d0c6ee0a34a3c9f0e8f0c6f3f2a71", "hex");

/**
 * The id of a point in Qdrant, which takes integers and UUIDs only: a UUID of version 5 (RFC 9562, 5.5) of the product
 * and the port's id, so that writing the same point again overwrites it.
 */
export function pointId(sku: string, id: string): string {
  const bytes = createHash("sha1")
    .update(NAMESPACE)
    .update(JSON.stringify([sku, id]))
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
