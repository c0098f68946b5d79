import { createHash } from "node:crypto";
import { z } from "zod";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { CollectionSpec, VectorName } from "../port.ts";
import type { ChromaConnection } from "./connection.ts";
import { ChromaRefusal } from "./failures.ts";
import { doneReply } from "./records.ts";

/**
 * What things are called in Chroma. One of its collections holds vectors of one length, so a pair of fingerprints is two
 * of them, `<hash>.image` and `<hash>.text`; each carries the whole pair in its metadata. There are no aliases: the
 * collection that is searched is named by the metadata of one that holds nothing.
 */

const NAMES = ["image", "text"] as const;
const ACTIVE = "active-collection";
const PAGE = 1_000;

const side = z.object({ fingerprint: z.string(), dimensions: z.int().positive() });
const specSchema = z.object({ image: side, text: side });
const described = z.object({
  id: z.string(),
  name: z.string(),
  dimension: z.int().nullish(),
  metadata: z.object({ spec: z.string().optional() }).nullish(),
  configuration_json: z.object({ hnsw: z.object({ space: z.string() }).nullish() }),
});

/** Only what is the spec's: callers may hand over their encoders. */
export const specOf = ({ image, text }: CollectionSpec): CollectionSpec => ({
  image: { fingerprint: image.fingerprint, dimensions: image.dimensions },
  text: { fingerprint: text.fingerprint, dimensions: text.dimensions },
});

const collectionName = (spec: CollectionSpec, name: VectorName) =>
  `${createHash("sha256")
    .update(JSON.stringify(specOf(spec)))
    .digest("hex")
    .slice(0, 16)}.${name}`;

const within = (database: string) => `/tenants/default_tenant/databases/${database}/collections`;

/** Path of a collection's calls, by its id. */
export const pathOf = (database: string, id: string) => `${within(database)}/${id}`;

const READ = { retries: 2 };

/** 256 candidates at each step of a search: what the graph of Qdrant is searched with, too. */
const GRAPH = { space: "cosine", ef_construction: 200, ef_search: 256, max_neighbors: 16 };

async function ensureDatabase(connection: ChromaConnection, name: string): Promise<void> {
  const path = "/tenants/default_tenant/databases";
  try {
    await connection.call("make its database", { method: "POST", path, body: { name }, reply: doneReply }, READ);
  } catch (error) {
    const refusal = error instanceof ShelfmatchError ? error.cause : null;
    if (!(refusal instanceof ChromaRefusal && refusal.status === 409)) throw error;
  }
}

async function getOrCreate(
  connection: ChromaConnection,
  database: string,
  name: string,
  metadata: Record<string, string>,
): Promise<z.infer<typeof described>> {
  const body = { name, metadata, configuration: { hnsw: GRAPH }, get_or_create: true };
  const request = { method: "POST" as const, path: within(database), body, reply: described };
  return connection.call("make a collection", request, READ);
}

/**
 * Makes the pair's collections where there are none.
 * @returns their ids
 * @throws ShelfmatchError SERVICE_MISMATCH where they are there and hold something else
 */
export async function ensureCollections(
  connection: ChromaConnection,
  database: string,
  spec: CollectionSpec,
): Promise<Record<VectorName, string>> {
  await ensureDatabase(connection, database);
  const ids = { image: "", text: "" };
  for (const name of NAMES) {
    const found = await getOrCreate(connection, database, collectionName(spec, name), {
      spec: JSON.stringify(specOf(spec)),
    });
    const { dimension, configuration_json } = found;
    const wanted = spec[name].dimensions;
    if ((dimension != null && dimension !== wanted) || configuration_json.hnsw?.space !== GRAPH.space) {
      const holds = `${dimension ?? wanted} dimensions by ${configuration_json.hnsw?.space ?? "no graph"}`;
      const message = `Chroma's collection ${found.name} in ${database} holds ${holds}, not ${wanted} by ${GRAPH.space}. Set chroma.database to another one, or delete that collection.`;
      throw new ShelfmatchError("SERVICE_MISMATCH", message, { details: { collection: found.name } });
    }
    ids[name] = found.id;
  }
  return ids;
}

async function listCollections(connection: ChromaConnection, database: string): Promise<z.infer<typeof described>[]> {
  await ensureDatabase(connection, database);
  const found: z.infer<typeof described>[] = [];
  for (;;) {
    const path = `${within(database)}?limit=${PAGE}&offset=${found.length}`;
    const request = { method: "GET" as const, path, reply: z.array(described) };
    const page = await connection.call("list its collections", request, READ);
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}

/** Null for what is not of ours: it is neither searched nor removed. */
function specIn({ metadata }: z.infer<typeof described>): CollectionSpec | null {
  try {
    return specSchema.parse(JSON.parse(metadata?.spec ?? ""));
  } catch {
    return null;
  }
}

/** Pairs of which both collections are there. */
export async function listSpecs(connection: ChromaConnection, database: string): Promise<CollectionSpec[]> {
  const collections = await listCollections(connection, database);
  const names = new Set(collections.map(({ name }) => name));
  return collections.flatMap((collection) => {
    const spec = specIn(collection);
    if (spec === null || collection.name !== collectionName(spec, "image")) return [];
    return names.has(collectionName(spec, "text")) ? [spec] : [];
  });
}

export async function dropCollections(
  connection: ChromaConnection,
  database: string,
  spec: CollectionSpec,
): Promise<void> {
  const names = new Set((await listCollections(connection, database)).map(({ name }) => name));
  // Deleting is by name here, not by id. The one that makes the pair listed goes first.
  for (const name of NAMES.map((each) => collectionName(spec, each)).filter((each) => names.has(each))) {
    const path = `${within(database)}/${name}`;
    await connection.call("drop a collection", { method: "DELETE", path, reply: doneReply });
  }
}

export async function readActive(connection: ChromaConnection, database: string): Promise<CollectionSpec | null> {
  const collections = await listCollections(connection, database);
  const marker = collections.find(({ name }) => name === ACTIVE);
  const spec = marker === undefined ? null : specIn(marker);
  // One that was dropped is searched no more.
  const isThere = spec !== null && collections.some(({ name }) => name === collectionName(spec, "image"));
  return isThere ? spec : null;
}

/** Names the collection that is searched, in one step. */
export async function writeActive(connection: ChromaConnection, database: string, spec: CollectionSpec): Promise<void> {
  const metadata = { spec: JSON.stringify(specOf(spec)) };
  const { id } = await getOrCreate(connection, database, ACTIVE, metadata);
  const request = {
    method: "PUT" as const,
    path: pathOf(database, id),
    body: { new_metadata: metadata },
    reply: doneReply,
  };
  await connection.call("name the collection that is searched", request, READ);
}
