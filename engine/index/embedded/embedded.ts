import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { z } from "zod";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { CollectionSpec, VectorIndex } from "../port.ts";
import { type EmbeddedCollection, openCollection } from "./collection.ts";
import type { RebuildPolicy } from "./named-vectors.ts";

interface EmbeddedIndexOptions {
  /** Made where it is missing; a folder in it a collection. */
  folder: string;
  /** When search graphs are built; tests take smaller numbers. */
  rebuild?: RebuildPolicy;
  /** Told of damage that was met and what was done about it. */
  onNotice?(message: string): void;
}

const side = z.object({ fingerprint: z.string(), dimensions: z.int().positive() });
const specSchema = z.object({ image: side, text: side });
const SPEC_FILE = "collection.json";
/** Beside the collections: which of them is searched. */
const ACTIVE_FILE = "active.json";

/** Collections of different fingerprints lie in different folders and can't meet. */
function folderOf({ image, text }: CollectionSpec): string {
  const identity = JSON.stringify([image.fingerprint, image.dimensions, text.fingerprint, text.dimensions]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}

/** Only what is the spec's: callers may hand over their encoders. */
function specOf({ image, text }: CollectionSpec): CollectionSpec {
  return {
    image: { fingerprint: image.fingerprint, dimensions: image.dimensions },
    text: { fingerprint: text.fingerprint, dimensions: text.dimensions },
  };
}

/** The embedded vector index: zvec for searching, SQLite for keeping (docs/decisions/0002-embedded-vector-index.md). */
export async function openEmbeddedIndex(options: EmbeddedIndexOptions): Promise<VectorIndex> {
  const { folder, rebuild, onNotice = () => {} } = options;
  mkdirSync(folder, { recursive: true });
  const collections = new Map<string, EmbeddedCollection>();
  /** Opening and dropping, one at a time: two callers that open the same collection get the same one. */
  const alone = pLimit(1);
  let closed = false;

  async function open(given: CollectionSpec): Promise<EmbeddedCollection> {
    if (closed) throw new ShelfmatchError("ENGINE_GONE", "The vector index is closed.");
    const spec = specOf(given);
    const part = folderOf(spec);
    const known = collections.get(part);
    if (known !== undefined) return known;
    const opened = await openCollection({
      folder: join(folder, part),
      spec,
      onNotice,
      ...(rebuild === undefined ? {} : { rebuild }),
    });
    await writeSpec(join(folder, part, SPEC_FILE), spec);
    collections.set(part, opened);
    return opened;
  }

  async function active(): Promise<CollectionSpec | null> {
    return readSpec(join(folder, ACTIVE_FILE));
  }

  return {
    open: (spec) => alone(() => open(spec)),
    active: () => alone(active),
    activate: (given) => alone(async () => writeSpec(join(folder, ACTIVE_FILE), (await open(given)).spec)),
    drop: (spec) =>
      alone(async () => {
        const part = folderOf(spec);
        const searched = await active();
        if (searched !== null && folderOf(searched) === part) await rm(join(folder, ACTIVE_FILE));
        await collections.get(part)?.close();
        collections.delete(part);
        await rm(join(folder, part), { recursive: true, force: true, maxRetries: 3 });
      }),
    async list() {
      const found: CollectionSpec[] = [];
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (!entry.isDirectory()) continue;
        // A collection whose first opening was killed has no spec yet, and no vectors.
        const spec = await readSpec(join(folder, entry.name, SPEC_FILE));
        if (spec !== null) found.push(spec);
      }
      return found;
    },
    async health() {
      if (closed) return { state: "down", detail: "The index is closed." };
      const trouble = [...collections.values()].map((collection) => collection.trouble()).find((it) => it !== null);
      if (trouble !== undefined) return { state: "degraded", detail: trouble };
      const counts = await Promise.all([...collections.values()].map((collection) => collection.count()));
      const sum = (name: "image" | "text") => counts.reduce((total, count) => total + count[name], 0);
      return { state: "ready", detail: `${sum("image")} image vectors, ${sum("text")} text vectors.` };
    },
    async close() {
      closed = true;
      await alone(async () => {
        for (const collection of collections.values()) await collection.close();
        collections.clear();
      });
    },
  };
}

/** Whole or not at all, and on the disk when it resolves. */
async function writeSpec(file: string, spec: CollectionSpec): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(spec)}\n`, { flush: true });
  await rename(`${file}.new`, file);
}

/** @returns null where there is no such file */
async function readSpec(file: string): Promise<CollectionSpec | null> {
  const text = await readFile(file, "utf8").catch(absent);
  return text === null ? null : specSchema.parse(JSON.parse(text));
}

function absent(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
