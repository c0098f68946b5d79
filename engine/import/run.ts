import { availableParallelism } from "node:os";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import pLimit from "p-limit";
import { hashSchema, type PictureRef, type Product } from "../../shared/contract/domain.ts";
import type { ImportFailure } from "../../shared/contract/imports.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { type PictureLimits, toPictureUpload } from "../catalog/picture-upload.ts";
import type { Catalog, PictureUpload, UpsertEntry } from "../catalog/port.ts";
import { crashPoint } from "../lib/crash-point.ts";
import { hashOf } from "../picture/decode.ts";
import type { Indexer } from "../services.ts";
import { readAll, type SourceFile } from "./files.ts";
import { failure, isProblem, type Problem } from "./problem.ts";
import type { ProgressMeter } from "./progress.ts";
import { type BadRow, completeDraft, type SourceRow } from "./row.ts";
import type { OpenedSource } from "./source.ts";
import type { VectorIntake } from "./vectors.ts";
import { isWebAddress, type PictureFetcher } from "./web/picture-fetcher.ts";

/** Brings the rows of a source into the catalogue: pictures decoded side by side, rows written in batches. */

export interface NumberedRow {
  /** Which row of the source, from 0; rows that are no row of a table, before the first one, are below. */
  at: number;
  row: SourceRow | BadRow;
  /** Of one that was dealt with before, only its SKU counts: another row must not have it. */
  take: boolean;
}

export interface RunOptions {
  catalog: Catalog;
  indexer: Indexer;
  limits: PictureLimits;
  source: Pick<OpenedSource, "find">;
  rows: AsyncIterable<NumberedRow>;
  progress: ProgressMeter;
  /** Fetches pictures from the web; null where that is switched off. */
  fetcher: PictureFetcher | null;
  vectors: VectorIntake | null;
  /** Told of every problem, of which row it is. */
  report(at: number, row: Pick<SourceRow | BadRow, "line" | "record">, failure: ImportFailure): void;
  /** Told that every row below this one is written, or was reported. */
  settled(upTo: number): void;
  /** Ends the whole at once; what went in stays. */
  signal: AbortSignal;
  /** Ends it after what is under way. */
  pause: AbortSignal;
}

type Picture = PictureUpload | PictureRef;

interface Prepared {
  at: number;
  row: SourceRow;
  pictures: Picture[];
  /** Some picture could not be had: what the product has already is then kept. */
  incomplete: boolean;
  bytes: number;
}

/** Sharp decodes in its own threads; two a core keep them busy while files are read. */
const DECODED_AT_ONCE = 2 * availableParallelism();
/** Rows of one write: one fsync of the database serves them all. */
const BATCH_ROWS = 32;
/** Picture bytes that may be held in memory by all rows under way; a single row may be larger. */
const HELD_BYTES = 128 * 1024 * 1024;
/** Pictures of one product; more say nothing new of it, and all are in memory at once. */
const MOST_PICTURES = 100;
const PENDING_POLL_MS = 500;

/**
 * Resolves when every product that went in is indexed, or has failed to be. What went in stays, whatever happens after.
 *
 * @returns whether it was paused before that
 * @throws ShelfmatchError DISK_FULL and others that end the whole import; CANCELLED by the signal
 */
export async function runImport(options: RunOptions): Promise<"done" | "paused"> {
  const { catalog, indexer, rows, progress, signal, pause, report } = options;
  const seen = new Map<string, { at: number; line: number | null }>();
  const limit = pLimit(DECODED_AT_ONCE);
  const underWay: Promise<Prepared>[] = [];
  let batch: Prepared[] = [];
  let held = 0;

  async function flush(): Promise<void> {
    const written = batch;
    batch = [];
    const last = written.at(-1);
    if (last === undefined) return;
    await writeBatch(options, written, limit);
    options.settled(last.at + 1);
    crashPoint("import.batch-written");
    indexer.nudge();
    held -= written.reduce((sum, { bytes }) => sum + bytes, 0);
    // SQLite answers at once: without a pause a table without pictures would keep everyone else waiting.
    await setImmediate();
  }
  async function settleFirst(): Promise<void> {
    const prepared = await underWay.shift();
    signal.throwIfAborted();
    if (prepared !== undefined) batch.push(prepared);
    if (batch.length >= BATCH_ROWS) await flush();
  }

  const poll = setInterval(() => {
    // A catalogue that can't answer fails the import itself, at its next write.
    catalog.counts().then(
      ({ pending }) => progress.waitingForIndex(pending),
      () => undefined,
    );
  }, PENDING_POLL_MS);
  let next = 0;
  try {
    for await (const { at, row, take } of rows) {
      signal.throwIfAborted();
      if (pause.aborted) break;
      next = at + 1;
      if (!take) {
        if (!isProblem(row) && !seen.has(row.sku)) seen.set(row.sku, { at, line: row.line });
        continue;
      }
      if (isProblem(row)) {
        report(at, row, failure(row.line, row.column, row));
        progress.rowDealt();
        continue;
      }
      const first = seen.get(row.sku);
      if (first !== undefined) {
        const where = first.line === null ? "" : ` (line ${first.line})`;
        const message = `The SKU "${row.sku}" comes twice in this import${where}; the first one was taken. Give each product its own SKU.`;
        const column = row.line === null ? (row.images?.[0] ?? null) : "sku";
        report(at, row, failure(row.line, column, { code: "ROW_DUPLICATE_SKU", message }));
        progress.rowDealt();
        continue;
      }
      seen.set(row.sku, { at, line: row.line });
      for (const { column, ...problem } of row.warnings) report(at, row, failure(row.line, column, problem));
      const located = await locate(options, row);
      const isFull = () => underWay.length >= DECODED_AT_ONCE || held + located.bytes > HELD_BYTES;
      while (underWay.length > 0 && isFull()) await settleFirst();
      if (held + located.bytes > HELD_BYTES) await flush();
      held += located.bytes;
      const preparing = prepare(options, at, row, located, limit);
      // Awaited in its turn; until then its failure must not count as unhandled.
      preparing.catch(() => undefined);
      underWay.push(preparing);
    }
    while (underWay.length > 0) await settleFirst();
    await flush();
    options.settled(next);
    indexer.nudge();
    if (pause.aborted) return "paused";
    const paused = await indexer.settled(AbortSignal.any([signal, pause])).then(
      () => false,
      (error: unknown) => {
        if (pause.aborted && !signal.aborted) return true;
        throw error;
      },
    );
    signal.throwIfAborted();
    if (paused) return "paused";
    await reportUnindexed(catalog, seen, report);
    return "done";
  } finally {
    clearInterval(poll);
    await Promise.allSettled(underWay);
  }
}

interface Located {
  images: { path: string; found: SourceFile | Problem | "web" }[];
  bytes: number;
}

/** What a picture from the web is taken to hold until it is there, in bytes. */
const WEB_PICTURE_BYTES = 2 * 1024 * 1024;

async function locate({ source, fetcher }: RunOptions, row: SourceRow): Promise<Located> {
  const images: Located["images"] = [];
  let bytes = 0;
  for (const [at, path] of (row.images ?? []).entries()) {
    if (fetcher !== null && isWebAddress(path) && at < MOST_PICTURES) {
      images.push({ path, found: "web" });
      bytes += WEB_PICTURE_BYTES;
      continue;
    }
    const message = `"${path}" is picture ${at + 1} of product "${row.sku}"; ${MOST_PICTURES} are kept. Leave out the ones that show nothing new.`;
    const found = at < MOST_PICTURES ? await source.find(path) : { code: "PICTURE_TOO_MANY" as const, message };
    if (!isProblem(found)) bytes += found.bytes;
    images.push({ path, found });
  }
  return { images, bytes };
}

async function prepare(
  options: RunOptions,
  at: number,
  row: SourceRow,
  { images, bytes }: Located,
  limit: ReturnType<typeof pLimit>,
  decodeAll = false,
): Promise<Prepared> {
  const { catalog, limits, fetcher, signal } = options;
  const loaded = await Promise.all(
    images.map(async ({ path, found }, place) => {
      const file = found === "web" ? await fetchFile(fetcher, path, signal) : found;
      return limit(async () => {
        signal.throwIfAborted();
        if (isProblem(file)) return (await storedByName(options, row, place, path, file)) ?? file;
        const told = (hash: string) => takeVectors(options, row, place, hash);
        return loadPicture({ catalog, limits, decodeAll, told }, path, file);
      });
    }),
  );
  const pictures = new Map<string, Picture>();
  for (const [place, picture] of loaded.entries()) {
    if (isProblem(picture)) {
      const column = row.line === null ? (images[place]?.path ?? null) : "images";
      options.report(at, row, failure(row.line, column, picture));
    } else if (!pictures.has(picture.hash)) {
      const origin = row.origins?.[place];
      pictures.set(picture.hash, origin === undefined || origin === null ? picture : { ...picture, origin });
    }
  }
  return { at, row, pictures: [...pictures.values()], incomplete: loaded.some(isProblem), bytes };
}

/** The embeddings that the file brings of this picture, so that it need not be encoded. */
function takeVectors({ vectors }: RunOptions, { record, images }: SourceRow, place: number, hash: string): void {
  const pictures = images?.length ?? 0;
  if (record?.vectors !== undefined && pictures > 0) vectors?.take(hash, record.vectors, place, pictures);
}

async function fetchFile(
  fetcher: PictureFetcher | null,
  url: string,
  signal: AbortSignal,
): Promise<SourceFile | Problem> {
  const message = `${url} is a web address, and pictures from the web are switched off. Allow them, or save it beside the file.`;
  if (fetcher === null) return { code: "PICTURE_OUTSIDE", message };
  const fetched = await fetcher.fetch(url, signal);
  if (!(fetched instanceof Uint8Array)) return fetched;
  return { path: url, bytes: fetched.length, open: async () => Readable.from([Buffer.from(fetched)]) };
}

/** A missing file that is named by a stored picture's hash, as the export names pictures, is that picture. */
async function storedByName(
  options: RunOptions,
  row: SourceRow,
  place: number,
  path: string,
  problem: Problem,
): Promise<PictureRef | null> {
  const hash = hashInName(path);
  if (problem.code !== "PICTURE_MISSING" || hash === null) return null;
  const stored = await options.catalog.pictureRef(hash);
  if (stored !== null) takeVectors(options, row, place, hash);
  return stored;
}

/** The hash that a file is named by, as the export names pictures; else null. */
export function hashInName(path: string): string | null {
  const stem = /([^/\\]+?)(\.[^.]+)?$/.exec(path)?.[1] ?? "";
  return hashSchema.safeParse(stem).success ? stem : null;
}

interface Loading {
  catalog: Catalog;
  limits: PictureLimits;
  decodeAll: boolean;
  /** Told the picture's hash before it is decoded. */
  told(hash: string): void;
}

async function loadPicture(
  { catalog, limits, decodeAll, told }: Loading,
  path: string,
  file: SourceFile,
): Promise<Picture | Problem> {
  if (file.bytes > limits.pictureBytes) {
    const message = `${path} has ${Math.round(file.bytes / 1e6)} MB; the limit is ${Math.round(limits.pictureBytes / 1e6)} MB. Make it smaller and import again.`;
    return { code: "IMAGE_TOO_LARGE", message };
  }
  try {
    const bytes = await readAll(file);
    const hash = hashOf(bytes);
    told(hash);
    const stored = decodeAll ? null : await catalog.pictureRef(hash);
    return stored ?? (await toPictureUpload({ name: path, bytes }, limits));
  } catch (error) {
    if (error instanceof ShelfmatchError && error.code.startsWith("IMAGE_")) {
      return { code: error.code, message: error.message };
    }
    if (error instanceof ShelfmatchError) throw error;
    // The file or its place in the archive can't be read; whatever the reason, it is this picture's.
    const reason = error instanceof Error ? error.message : String(error);
    return { code: "FILE_NOT_READABLE", message: `${path} can't be read (${reason}). Save it again and import again.` };
  }
}

async function writeBatch(
  options: RunOptions,
  batch: readonly Prepared[],
  limit: ReturnType<typeof pLimit>,
): Promise<void> {
  const { catalog, progress, report } = options;
  const known = await catalog.getMany(batch.map(({ row }) => row.sku));
  const existing = new Map<string, Product>(known.map((product) => [product.sku, product]));
  const written = batch.filter(({ row, pictures }) => !row.needsPicture || pictures.length > 0);
  const toEntry = ({ row, pictures, incomplete }: Prepared): UpsertEntry => {
    const before = existing.get(row.sku);
    return {
      draft: completeDraft(row, before),
      pictures,
      otherPictures: row.images === null || incomplete ? "keep" : "keep-confirmed",
      by: { source: "import" },
      ...(before === undefined && row.times !== undefined ? { times: row.times } : {}),
    };
  };
  const answers = await catalog.upsert(written.map(toEntry));
  const retry: string[] = [];
  const groups = new Map<string | null, string[]>();
  for (const [place, prepared] of written.entries()) {
    const { at, row } = prepared;
    let answer = answers[place];
    if (answer instanceof ShelfmatchError && answer.code === "PICTURE_NOT_FOUND") {
      // Someone deleted the last product that had the picture since it was looked up.
      const again = await prepare(options, at, row, await locate(options, row), limit, true);
      [answer] = await catalog.upsert([toEntry(again)]);
    }
    if (answer instanceof ShelfmatchError) {
      report(at, row, failure(row.line, answer.code === "BARCODE_TAKEN" ? "barcode" : null, answer));
    } else if (answer !== undefined) {
      const { variantGroup } = row;
      if (variantGroup !== undefined && variantGroup !== (answer.product.variantGroup ?? null)) {
        groups.set(variantGroup, [...(groups.get(variantGroup) ?? []), row.sku]);
      }
      progress.wentIn(answer.product.pictures.length, answer.outcome === "unchanged");
      if (answer.outcome === "unchanged" && answer.product.indexState === "failed") retry.push(row.sku);
    }
  }
  // Importing again is what a user does about a product that could not be indexed.
  if (retry.length > 0) await catalog.markAllPending(retry);
  for (const [group, skus] of groups) await catalog.setVariantGroup(skus, group);
  for (const _ of batch) progress.rowDealt();
}

async function reportUnindexed(
  catalog: Catalog,
  seen: ReadonlyMap<string, { at: number; line: number | null }>,
  report: RunOptions["report"],
): Promise<void> {
  const { failed } = await catalog.counts();
  for (let page = 1; (page - 1) * 500 < failed; page += 1) {
    const { items } = await catalog.list({ indexState: "failed", sort: "sku", order: "asc", page, pageSize: 500 });
    for (const product of items) {
      const row = seen.get(product.sku);
      if (row === undefined) continue;
      const message = `Product "${product.sku}" is in the catalogue but can't be found by a photo: ${product.indexReason ?? "indexing failed"}. Import it again to try once more.`;
      report(row.at, { line: row.line }, failure(row.line, null, { code: "INDEX_FAILED", message }));
    }
  }
}
