import pLimit from "p-limit";
import { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { CollectionSpec, IndexHealth, VectorIndex } from "../port.ts";
import { openQdrantCollection, type QdrantCollection } from "./collection.ts";
import { connectQdrant } from "./connection.ts";
import { activeAlias, collectionName, fingerprintsOf, pairAlias } from "./names.ts";
import { collectionInfo, done, snapshot } from "./replies.ts";
import { describeCollection, listAliases, pointAlias, vectorsOf } from "./setup.ts";

interface QdrantIndexOptions {
  settings: Config["qdrant"];
  /** Told of what could not be had at the opening; it is tried again by the first call. */
  onNotice?(message: string): void;
}

export interface Snapshot {
  name: string;
  /** ISO 8601, the server's clock; null where it does not say. */
  createdAt: string | null;
  bytes: number;
  /** SHA-256, hex; null where the server does not say. */
  checksum: string | null;
}

export interface QdrantIndex extends VectorIndex {
  /**
   * Copies of a collection, in the server's snapshot folder (on each of its nodes). Restoring is the operator's: Qdrant's
   * `snapshots/recover` into a new collection, then the pair's alias onto it.
   */
  snapshots: {
    create(spec: CollectionSpec): Promise<Snapshot>;
    list(spec: CollectionSpec): Promise<Snapshot[]>;
    delete(spec: CollectionSpec, name: string): Promise<void>;
  };
}

const toSnapshot = ({ name, creation_time, size, checksum }: z.infer<typeof snapshot>): Snapshot => ({
  name,
  createdAt: creation_time ?? null,
  bytes: size,
  checksum: checksum ?? null,
});

/** Milliseconds that a copy of a large collection may take. */
const SNAPSHOT_MS = 600_000;

const specOf = ({ image, text }: CollectionSpec): CollectionSpec => ({
  image: { fingerprint: image.fingerprint, dimensions: image.dimensions },
  text: { fingerprint: text.fingerprint, dimensions: text.dimensions },
});

/**
 * The vector index on a Qdrant server, 1.13 or later. It opens whether the server is there or not: calls then fail with
 * SERVICE_* errors until it is, and what has to be made in it is made by the first call that reaches it.
 */
export async function openQdrantIndex({ settings, onNotice = () => {} }: QdrantIndexOptions): Promise<QdrantIndex> {
  const { prefix } = settings;
  const connection = connectQdrant(settings);
  const collections = new Map<string, QdrantCollection>();
  /** Opening and dropping, one at a time. */
  const alone = pLimit(1);
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new ShelfmatchError("ENGINE_GONE", "The vector index is closed.");
  }

  async function open(given: CollectionSpec): Promise<QdrantCollection> {
    assertOpen();
    const spec = specOf(given);
    const name = JSON.stringify(spec);
    const known = collections.get(name);
    if (known !== undefined) return known;
    const opened = openQdrantCollection(connection, spec, settings);
    collections.set(name, opened);
    await opened.ready().catch((error: Error) => onNotice(error.message));
    return opened;
  }

  async function drop(spec: CollectionSpec): Promise<void> {
    assertOpen();
    const name = JSON.stringify(specOf(spec));
    await collections.get(name)?.close();
    collections.delete(name);
    const target = (await listAliases(connection)).get(pairAlias(prefix, spec)) ?? collectionName(prefix, spec);
    // Its aliases go with it, the active one among them.
    await connection.call(
      "drop a collection",
      done,
      (api, signal) => api.deleteCollection({ collection_name: target }, { signal }),
      { retries: 1 },
    );
  }

  /** Collections of this prefix that a pair's alias names, by their own name. */
  async function pairs(): Promise<{ spec: CollectionSpec; name: string; active: boolean }[]> {
    assertOpen();
    const known = await listAliases(connection);
    const active = known.get(activeAlias(prefix));
    const found = [];
    for (const [alias, name] of known) {
      const fingerprints = fingerprintsOf(prefix, alias);
      if (fingerprints === null) continue;
      const { image, text } = vectorsOf(await describeCollection(connection, name));
      // Not of ours, whatever its alias says: it is neither searched nor removed.
      if (image === undefined || text === undefined) continue;
      const spec = {
        image: { fingerprint: fingerprints.image, dimensions: image.size },
        text: { fingerprint: fingerprints.text, dimensions: text.size },
      };
      found.push({ spec, name, active: name === active });
    }
    return found;
  }

  async function condition(): Promise<Pick<IndexHealth, "state" | "detail">> {
    const opened = [...collections.values()];
    const total = { image: 0, text: 0 };
    for (const collection of opened) {
      const counts = await collection.probe();
      total.image += counts.image;
      total.text += counts.text;
      const info = await connection.probe("describe a collection", collectionInfo, (api, signal) =>
        api.getCollection({ collection_name: pairAlias(prefix, collection.spec) }, { signal }),
      );
      if (info.status !== "red") continue;
      const why = typeof info.optimizer_status === "string" ? info.optimizer_status : info.optimizer_status.error;
      return { state: "degraded", detail: `Qdrant can't keep a collection in order: ${why}. See the server's log.` };
    }
    if (opened.length === 0) {
      await connection.probe("list its collections", z.unknown(), (api, signal) => api.getCollections({}, { signal }));
    }
    return { state: "ready", detail: `${total.image} image vectors, ${total.text} text vectors.` };
  }

  const ofCollection = (spec: CollectionSpec) => ({ collection_name: pairAlias(prefix, spec) });

  return {
    open: (spec) => alone(() => open(spec)),
    drop: (spec) => alone(() => drop(spec)),
    list: async () => (await pairs()).map(({ spec }) => spec),
    active: async () => (await pairs()).find(({ active }) => active)?.spec ?? null,
    async activate(spec) {
      await (await alone(() => open(spec))).ready();
      const target = (await listAliases(connection)).get(pairAlias(prefix, spec));
      await pointAlias(connection, activeAlias(prefix), target ?? collectionName(prefix, spec));
    },
    async health() {
      if (closed) return { state: "down", detail: "The index is closed.", remote: connection.remote() };
      try {
        return { ...(await condition()), remote: connection.remote() };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return { state: "down", detail, remote: connection.remote() };
      }
    },
    async close() {
      closed = true;
      await alone(async () => {
        await Promise.all([...collections.values()].map((collection) => collection.close()));
        collections.clear();
      });
    },
    snapshots: {
      async create(spec) {
        const made = await connection.call(
          "make a snapshot",
          snapshot,
          (api, signal) => api.createSnapshot({ ...ofCollection(spec), wait: true }, { signal }),
          { deadlineMs: SNAPSHOT_MS },
        );
        return toSnapshot(made);
      },
      async list(spec) {
        const found = await connection.call("list its snapshots", z.array(snapshot), (api, signal) =>
          api.listSnapshots(ofCollection(spec), { signal }),
        );
        return found.map(toSnapshot);
      },
      async delete(spec, name) {
        await connection.call("delete a snapshot", done, (api, signal) =>
          api.deleteSnapshot({ ...ofCollection(spec), snapshot_name: name, wait: true }, { signal }),
        );
      },
    },
  };
}
