import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import pLimit from "p-limit";
import { type PictureRef, type Product, pictureRefSchema } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { type PictureLimits, toPictureUpload } from "../catalog/picture-upload.ts";
import type { Catalog, PictureUpload, UpsertEntry } from "../catalog/port.ts";
import { crashPoint } from "../lib/crash-point.ts";
import { hashOf } from "../picture/decode.ts";
import type { Indexer } from "../services.ts";
import { readAll, type SourceFile } from "./files.ts";
import { failure, isProblem, type Problem } from "./problem.ts";
import type { ProgressMeter } from "./progress.ts";
import { completeDraft, type SourceRow } from "./row.ts";
import type { OpenedSource } from "./source.ts";

/** Brings the rows of a source into the catalogue: pictures decoded side by side, rows written in batches. */

interface RunOptions {
  catalog: Catalog;
  indexer: Indexer;
  limits: PictureLimits;
  source: OpenedSource;
  progress: ProgressMeter;
  signal: AbortSignal;
}

type Picture = PictureUpload | PictureRef;

interface Prepared {
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
 * @throws ShelfmatchError DISK_FULL and others that end the whole import; CANCELLED by the signal
 */
export async function runImport(options: RunOptions): Promise<void> {
  const { catalog, indexer, source, progress, signal } = options;
  const lines = new Map<string, number | null>();
  const limit = pLimit(DECODED_AT_ONCE);
  const underWay: Promise<Prepared>[] = [];
  let batch: Prepared[] = [];
  let held = 0;

  async function flush(): Promise<void> {
    const rows = batch;
    batch = [];
    if (rows.length === 0) return;
    await writeBatch(options, rows, limit);
    crashPoint("import.batch-written");
    indexer.nudge();
    held -= rows.reduce((sum, { bytes }) => sum + bytes, 0);
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
  try {
    for (const { path, ...problem } of source.refused) progress.fail(failure(null, path, problem));
    for await (const row of source.rows()) {
      signal.throwIfAborted();
      if (isProblem(row)) {
        progress.fail(failure(row.line, row.column, row));
        progress.rowDealt();
        continue;
      }
      if (lines.has(row.sku)) {
        const first = lines.get(row.sku);
        const where = first === null || first === undefined ? "" : ` (line ${first})`;
        const message = `The SKU "${row.sku}" comes twice in this import${where}; the first one was taken. Give each product its own SKU.`;
        progress.fail(
          failure(row.line, row.line === null ? (row.images?.[0] ?? null) : "sku", {
            code: "ROW_DUPLICATE_SKU",
            message,
          }),
        );
        progress.rowDealt();
        continue;
      }
      lines.set(row.sku, row.line);
      for (const { column, ...problem } of row.warnings) progress.fail(failure(row.line, column, problem));
      const located = await locate(source, row);
      const isFull = () => underWay.length >= DECODED_AT_ONCE || held + located.bytes > HELD_BYTES;
      while (underWay.length > 0 && isFull()) await settleFirst();
      if (held + located.bytes > HELD_BYTES) await flush();
      held += located.bytes;
      const preparing = prepare(options, row, located, limit);
      // Awaited in its turn; until then its failure must not count as unhandled.
      preparing.catch(() => undefined);
      underWay.push(preparing);
    }
    while (underWay.length > 0) await settleFirst();
    await flush();
    indexer.nudge();
    await indexer.settled(signal);
    signal.throwIfAborted();
    await reportUnindexed(catalog, lines, progress);
  } finally {
    clearInterval(poll);
    await Promise.allSettled(underWay);
  }
}

interface Located {
  images: { path: string; found: SourceFile | Problem }[];
  bytes: number;
}

async function locate(source: OpenedSource, row: SourceRow): Promise<Located> {
  const images = [];
  let bytes = 0;
  for (const [at, path] of (row.images ?? []).entries()) {
    const message = `"${path}" is picture ${at + 1} of product "${row.sku}"; ${MOST_PICTURES} are kept. Leave out the ones that show nothing new.`;
    const found = at < MOST_PICTURES ? await source.find(path) : { code: "PICTURE_TOO_MANY", message };
    if (!isProblem(found)) bytes += found.bytes;
    images.push({ path, found });
  }
  return { images, bytes };
}

async function prepare(
  { catalog, limits, progress, signal }: RunOptions,
  row: SourceRow,
  { images, bytes }: Located,
  limit: ReturnType<typeof pLimit>,
  decodeAll = false,
): Promise<Prepared> {
  const loaded = await Promise.all(
    images.map(({ path, found }) =>
      limit(async () => {
        signal.throwIfAborted();
        return isProblem(found)
          ? ((await storedByName(catalog, path, found)) ?? found)
          : loadPicture(catalog, limits, path, found, decodeAll);
      }),
    ),
  );
  const pictures = new Map<string, Picture>();
  for (const [at, picture] of loaded.entries()) {
    if (!isProblem(picture)) pictures.set(picture.hash, picture);
    else progress.fail(failure(row.line, row.line === null ? (images[at]?.path ?? null) : "images", picture));
  }
  return { row, pictures: [...pictures.values()], incomplete: loaded.some(isProblem), bytes };
}

/** A missing file that is named by a stored picture's hash, as the export names pictures, is that picture. */
async function storedByName(catalog: Catalog, path: string, problem: Problem): Promise<PictureRef | null> {
  const stem = /([^/\\]+?)(\.[^.]+)?$/.exec(path)?.[1] ?? "";
  const isHash = pictureRefSchema.shape.hash.safeParse(stem).success;
  return problem.code === "PICTURE_MISSING" && isHash ? catalog.pictureRef(stem) : null;
}

async function loadPicture(
  catalog: Catalog,
  limits: PictureLimits,
  path: string,
  file: SourceFile,
  decodeAll: boolean,
): Promise<Picture | Problem> {
  if (file.bytes > limits.pictureBytes) {
    const message = `${path} has ${Math.round(file.bytes / 1e6)} MB; the limit is ${Math.round(limits.pictureBytes / 1e6)} MB. Make it smaller and import again.`;
    return { code: "IMAGE_TOO_LARGE", message };
  }
  try {
    const bytes = await readAll(file);
    const stored = decodeAll ? null : await catalog.pictureRef(hashOf(bytes));
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
  const { catalog, progress, source } = options;
  const known = await catalog.getMany(batch.map(({ row }) => row.sku));
  const existing = new Map<string, Product>(known.map((product) => [product.sku, product]));
  const written = batch.filter(({ row, pictures }) => !row.needsPicture || pictures.length > 0);
  const toEntry = ({ row, pictures, incomplete }: Prepared): UpsertEntry => ({
    draft: completeDraft(row, existing.get(row.sku)),
    pictures,
    otherPictures: row.images === null || incomplete ? "keep" : "keep-confirmed",
    by: { source: "import" },
  });
  const answers = await catalog.upsert(written.map(toEntry));
  const retry: string[] = [];
  for (const [at, prepared] of written.entries()) {
    const { row } = prepared;
    let answer = answers[at];
    if (answer instanceof ShelfmatchError && answer.code === "PICTURE_NOT_FOUND") {
      // Someone deleted the last product that had the picture since it was looked up.
      const again = await prepare(options, row, await locate(source, row), limit, true);
      [answer] = await catalog.upsert([toEntry(again)]);
    }
    if (answer instanceof ShelfmatchError) {
      progress.fail(failure(row.line, answer.code === "BARCODE_TAKEN" ? "barcode" : null, answer));
    } else if (answer !== undefined) {
      progress.wentIn(answer.product.pictures.length, answer.outcome === "unchanged");
      if (answer.outcome === "unchanged" && answer.product.indexState === "failed") retry.push(row.sku);
    }
  }
  // Importing again is what a user does about a product that could not be indexed.
  if (retry.length > 0) await catalog.markAllPending(retry);
  for (const _ of batch) progress.rowDealt();
}

async function reportUnindexed(
  catalog: Catalog,
  lines: ReadonlyMap<string, number | null>,
  progress: ProgressMeter,
): Promise<void> {
  const { failed } = await catalog.counts();
  for (let page = 1; (page - 1) * 500 < failed; page += 1) {
    const { items } = await catalog.list({ indexState: "failed", sort: "sku", order: "asc", page, pageSize: 500 });
    for (const product of items) {
      const line = lines.get(product.sku);
      if (line === undefined) continue;
      const message = `Product "${product.sku}" is in the catalogue but can't be found by a photo: ${product.indexReason ?? "indexing failed"}. Import it again to try once more.`;
      progress.fail(failure(line, null, { code: "INDEX_FAILED", message }));
    }
  }
}
