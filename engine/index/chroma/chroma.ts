import pLimit from "p-limit";
import { z } from "zod";
import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { CollectionSpec, VectorIndex } from "../port.ts";
import { type ChromaCollection, openChromaCollection } from "./collection.ts";
import { connectChroma } from "./connection.ts";
import { dropCollections, listSpecs, readActive, specOf, writeActive } from "./setup.ts";

interface ChromaIndexOptions {
  settings: Config["chroma"];
  /** Told of what could not be had at the opening; it is tried again by the first call. */
  onNotice?(message: string): void;
}

/**
 * The vector index on a Chroma server, 1.0 or later: the proof that the port holds (docs/vector-stores.md). It opens
 * whether the server is there or not: calls then fail with SERVICE_* errors until it is, and what has to be made in it
 * is made by the first call that reaches it.
 */
export async function openChromaIndex({ settings, onNotice = () => {} }: ChromaIndexOptions): Promise<VectorIndex> {
  const { database } = settings;
  const connection = connectChroma(settings);
  const collections = new Map<string, ChromaCollection>();
  /** Opening and dropping, one at a time. */
  const alone = pLimit(1);
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new ShelfmatchError("ENGINE_GONE", "The vector index is closed.");
  }

  async function open(given: CollectionSpec): Promise<ChromaCollection> {
    assertOpen();
    const spec = specOf(given);
    const key = JSON.stringify(spec);
    const known = collections.get(key);
    if (known !== undefined) return known;
    const opened = openChromaCollection(connection, spec, settings);
    collections.set(key, opened);
    await opened.ready().catch((error: Error) => onNotice(error.message));
    return opened;
  }

  async function condition(): Promise<string> {
    const opened = [...collections.values()];
    if (opened.length === 0) {
      await connection.probe("say that it is there", { method: "GET", path: "/heartbeat", reply: z.unknown() });
    }
    for (const collection of opened) await collection.probe();
    const counts = await Promise.all(opened.map((collection) => collection.count()));
    const sum = (name: "image" | "text") => counts.reduce((total, count) => total + count[name], 0);
    return `${sum("image")} image vectors, ${sum("text")} text vectors.`;
  }

  return {
    open: (spec) => alone(() => open(spec)),
    drop: (spec) =>
      alone(async () => {
        assertOpen();
        const key = JSON.stringify(specOf(spec));
        await collections.get(key)?.close();
        collections.delete(key);
        await dropCollections(connection, database, spec);
      }),
    async list() {
      assertOpen();
      return listSpecs(connection, database);
    },
    async active() {
      assertOpen();
      return readActive(connection, database);
    },
    async activate(spec) {
      await (await alone(() => open(spec))).ready();
      await writeActive(connection, database, spec);
    },
    async health() {
      if (closed) return { state: "down", detail: "The index is closed.", remote: connection.remote() };
      try {
        return { state: "ready", detail: await condition(), remote: connection.remote() };
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
  };
}
