import type { MoveEvent, MoveReport } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog, KeptEntry, PictureUpload } from "../catalog/port.ts";
import { readPicture } from "./copy-products.ts";

/** Entries of the bin in one write: their pictures are in memory at once. */
const BATCH = 16;
/** Changes of one write. */
const PAGE = 500;

/** What of the catalogue is no product: its bin, its history, its saved filters. */
export async function* copyKept(
  from: Catalog,
  to: Catalog,
  replace: boolean,
  signal: AbortSignal,
): AsyncGenerator<MoveEvent, MoveReport["kept"]> {
  const bin = yield* copyBin(from, to, signal);
  yield* dropStrangers(to, bin, replace);
  const changes = yield* copyChanges(from, to, signal);
  const views = await from.views();
  for (const view of views) await to.putView(view);
  if (replace) {
    const own = new Set(views.map(({ id }) => id));
    for (const { id } of await to.views()) if (!own.has(id)) await to.removeView(id);
  }
  return { bin: bin.size, changes, views: views.length };
}

async function* copyBin(from: Catalog, to: Catalog, signal: AbortSignal): AsyncGenerator<MoveEvent, Set<string>> {
  const seen = new Set<string>();
  let lost = 0;
  let after: string | null = null;
  for (;;) {
    signal.throwIfAborted();
    const entries: KeptEntry[] = await from.keptEntries(after, BATCH);
    const last = entries.at(-1);
    if (last === undefined) break;
    const uploads: PictureUpload[] = [];
    for (const hash of new Set(entries.flatMap(({ pictures }) => pictures))) {
      if ((await to.pictureRef(hash)) !== null) continue;
      const picture = await pictureOf(from, hash);
      if (picture === null) lost += 1;
      else uploads.push(picture);
    }
    await to.takeOverBin(entries, uploads);
    for (const { id } of entries) seen.add(id);
    after = last.id;
    yield { kind: "progress", phase: "history", done: seen.size, total: seen.size };
  }
  if (lost > 0) {
    const text = `${lost} pictures of deleted products could not be read where they were, and are missing in the bin there too.`;
    yield { kind: "note", text };
  }
  return seen;
}

/** null where the picture's file is missing: what was deleted must not hold the move up. */
async function pictureOf(from: Catalog, hash: string): Promise<PictureUpload | null> {
  const ref = await from.pictureRef(hash);
  if (ref === null) return null;
  try {
    return await readPicture(from, ref);
  } catch (error) {
    if (error instanceof ShelfmatchError && error.code === "PICTURE_NOT_FOUND") return null;
    throw error;
  }
}

/** Deleted products that only the target's bin has: of products that live again none, of others as the user said. */
async function* dropStrangers(
  to: Catalog,
  own: ReadonlySet<string>,
  replace: boolean,
): AsyncGenerator<MoveEvent, void> {
  const living = new Set(await to.allSkus());
  const gone: string[] = [];
  let strangers = 0;
  let after: string | null = null;
  for (;;) {
    const entries: KeptEntry[] = await to.keptEntries(after, PAGE);
    const last = entries.at(-1);
    if (last === undefined) break;
    for (const { id, kind, sku } of entries) {
      if (kind !== "product" || own.has(id)) continue;
      if (replace || living.has(sku)) gone.push(id);
      else strangers += 1;
    }
    after = last.id;
  }
  for (let at = 0; at < gone.length; at += PAGE) await to.purge(gone.slice(at, at + PAGE));
  if (strangers > 0) {
    const text = `${strangers} deleted products were in the bin there before, and stay in it until their time is over.`;
    yield { kind: "note", text };
  }
}

async function* copyChanges(from: Catalog, to: Catalog, signal: AbortSignal): AsyncGenerator<MoveEvent, number> {
  let done = 0;
  let after = 0;
  for (;;) {
    signal.throwIfAborted();
    const changes = await from.allChanges(after, PAGE);
    const last = changes.at(-1);
    if (last === undefined) return done;
    await to.takeOverChanges(changes);
    done += changes.length;
    after = last.id;
    yield { kind: "progress", phase: "history", done, total: done };
  }
}
