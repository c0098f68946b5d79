import type { Schemas } from "@qdrant/js-client-rest";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { CollectionSpec, VectorName } from "../port.ts";
import type { QdrantConnection } from "./connection.ts";
import { PAYLOAD_INDEXES } from "./filter.ts";
import { collectionName, pairAlias } from "./names.ts";
import { aliases, type CollectionInfo, collectionInfo, done, written } from "./replies.ts";

/** Graph as in the embedded index (docs/decisions/0002): built with these, searched with HNSW_EF. */
const HNSW = { m: 16, ef_construct: 200 };

type Settings = Pick<Config["qdrant"], "prefix" | "shards" | "replicas" | "writeConsistency">;

/**
 * Vectors as int8 in memory, the originals on the disk for scoring the best again: Qdrant's guide to optimising names
 * this for speed at little memory. The outermost hundredth of the values is clipped, as its guide to quantisation has it.
 */
function creation({ image, text }: CollectionSpec, { shards, replicas, writeConsistency }: Settings) {
  const vector = (size: number) => ({ size, distance: "Cosine" as const, on_disk: true });
  return {
    vectors: { image: vector(image.dimensions), text: vector(text.dimensions) },
    hnsw_config: HNSW,
    quantization_config: { scalar: { type: "int8" as const, quantile: 0.99, always_ram: true } },
    shard_number: shards,
    replication_factor: replicas,
    write_consistency_factor: writeConsistency,
    on_disk_payload: true,
  };
}

/** The alias' target; null where there is no such alias. */
export async function aliasTarget(connection: QdrantConnection, alias: string): Promise<string | null> {
  const known = await listAliases(connection);
  return known.get(alias) ?? null;
}

export async function listAliases(connection: QdrantConnection): Promise<Map<string, string>> {
  const known = await connection.call(
    "list its aliases",
    aliases,
    (api, signal) => api.getCollectionsAliases({}, { signal }),
    { retries: 2 },
  );
  return new Map(known.aliases.map(({ alias_name, collection_name }) => [alias_name, collection_name]));
}

/** One step in Qdrant: whoever asks sees the old target or the new one. (Removing first would be a second step on the disk.) */
export async function pointAlias(connection: QdrantConnection, alias: string, collection: string): Promise<void> {
  const actions: Schemas["AliasOperations"][] = [{ create_alias: { alias_name: alias, collection_name: collection } }];
  await connection.call("set an alias", done, (api, signal) => api.updateAliases({ actions }, { signal }), {
    retries: 2,
  });
}

export function describeCollection(connection: QdrantConnection, name: string): Promise<CollectionInfo> {
  return connection.call(
    "describe a collection",
    collectionInfo,
    (api, signal) => api.getCollection({ collection_name: name }, { signal }),
    { retries: 2 },
  );
}

/**
 * Makes what is missing of the pair's collection - itself, its alias, its payload indexes - and checks what is there.
 * A crash between two steps leaves something missing, never something wrong.
 * @throws ShelfmatchError DIMENSION_MISMATCH, SERVICE_MISMATCH, and those of every call
 */
export async function ensureCollection(
  connection: QdrantConnection,
  spec: CollectionSpec,
  settings: Settings,
): Promise<void> {
  const alias = pairAlias(settings.prefix, spec);
  if ((await aliasTarget(connection, alias)) === null) {
    const name = collectionName(settings.prefix, spec);
    await create(connection, name, spec, settings);
    await pointAlias(connection, alias, name);
  }
  const info = await describeCollection(connection, alias);
  assertFits(info, alias, spec);
  for (const [field, schema] of Object.entries(PAYLOAD_INDEXES)) {
    if (info.payload_schema[field]?.data_type === schema) continue;
    await connection.call(
      `index the field ${field}`,
      written,
      (api, signal) =>
        api.createFieldIndex(
          { collection_name: alias, field_name: field, field_schema: schema, wait: true },
          { signal },
        ),
      { retries: 2 },
    );
  }
}

async function create(
  connection: QdrantConnection,
  name: string,
  spec: CollectionSpec,
  settings: Settings,
): Promise<void> {
  const body = creation(spec, settings);
  try {
    await connection.call("make a collection", done, (api, signal) =>
      api.createCollection({ collection_name: name, ...body }, { signal }),
    );
  } catch (error) {
    // Made by an opening that was killed before it set the alias, or by another engine just now.
    const exists = error instanceof ShelfmatchError && error.details?.status === 409;
    if (!exists) throw error;
  }
}

/** The vectors' lengths and how they are compared, by name. */
export function vectorsOf(info: CollectionInfo): Partial<Record<VectorName, { size: number; distance: string }>> {
  const { vectors = {} } = info.config.params;
  const found: Partial<Record<VectorName, { size: number; distance: string }>> = {};
  for (const name of ["image", "text"] as const) {
    const one = vectors[name];
    if (one !== null && typeof one === "object" && "size" in one && "distance" in one) {
      found[name] = { size: Number(one.size), distance: String(one.distance) };
    }
  }
  return found;
}

function assertFits(info: CollectionInfo, alias: string, spec: CollectionSpec): void {
  const found = vectorsOf(info);
  const step = `Remove the collection behind the alias ${alias} in Qdrant, or set another qdrant.prefix: the catalogue is then indexed anew.`;
  for (const name of ["image", "text"] as const) {
    const vector = found[name];
    if (vector === undefined || vector.distance !== "Cosine") {
      const is = vector === undefined ? "has no vectors named" : `compares by ${vector.distance}, not Cosine, its`;
      throw new ShelfmatchError("SERVICE_MISMATCH", `The collection ${alias} ${is} ${name}. ${step}`, {
        details: { alias, name },
      });
    }
    if (vector.size !== spec[name].dimensions) {
      throw new ShelfmatchError(
        "DIMENSION_MISMATCH",
        `The ${name} vectors of the collection ${alias} have ${vector.size} dimensions, those of the encoder ${spec[name].dimensions}. ${step}`,
        { details: { alias, name, expected: spec[name].dimensions, received: vector.size } },
      );
    }
  }
}
