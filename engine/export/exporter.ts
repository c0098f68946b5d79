import { randomUUID } from "node:crypto";
import { createWriteStream, openAsBlob } from "node:fs";
import { access, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { ExportEvent, ExportFormat, ExportOptions } from "../../shared/contract/exports.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Exporter } from "../services.ts";
import { exportCsv } from "./csv.ts";
import { exportJsonLines } from "./jsonl.ts";
import type { StoredVectors } from "./parquet.ts";
import { allProducts, byHash, type PictureName } from "./rows.ts";

interface ExporterOptions {
  catalog: Catalog;
  /** Where exports are made and kept to be fetched; emptied at the start. */
  folder: string;
  vectors(): Promise<StoredVectors>;
}

const MEDIA_TYPES: Record<ExportFormat | "zip", string> = {
  csv: "text/csv",
  jsonl: "application/jsonl",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  parquet: "application/vnd.apache.parquet",
  zip: "application/zip",
};
const EXTENSIONS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/tiff": "tiff",
  "image/avif": "avif",
  "image/heic": "heic",
};
/** Between two progress events, in products. */
const STEP = 200;

export async function createExporter({ catalog, folder, vectors }: ExporterOptions): Promise<Exporter> {
  await rm(folder, { recursive: true, force: true });
  let latest: { id: string; path: string; name: string; kind: ExportFormat | "zip" } | null = null;

  async function writeTable(
    file: string,
    { format, embeddings }: ExportOptions,
    name: PictureName,
    signal: AbortSignal,
  ): Promise<void> {
    if (format === "parquet") {
      const brought = embeddings ? await vectors() : null;
      const { exportParquet } = await import("./parquet.ts");
      return exportParquet(catalog, file, { pictureName: name, vectors: brought, signal });
    }
    const source =
      format === "xlsx"
        ? Readable.fromWeb((await (await import("./xlsx.ts")).exportXlsx(catalog, name, signal)) as never)
        : Readable.from((format === "csv" ? exportCsv : exportJsonLines)(catalog, name, signal));
    await pipeline(source, createWriteStream(file, { mode: 0o600 }), { signal });
  }

  /** A table, and every picture once under its hash. @returns how many pictures */
  async function* writeZip(
    draft: string,
    options: ExportOptions,
    total: number,
    signal: AbortSignal,
  ): AsyncGenerator<ExportEvent, number> {
    const zip = new ZipFile();
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const output = pipeline(zip.outputStream, createWriteStream(draft, { mode: 0o600 }), { signal: either });
    output.catch(() => undefined);
    const table = `${draft}.table`;
    const names = new Map<string, string>();
    try {
      let done = 0;
      for await (const { pictures } of allProducts(catalog, signal)) {
        for (const { hash } of pictures) {
          if (names.has(hash)) continue;
          const { bytes, mediaType } = await catalog.picture(hash, "full");
          const path = `pictures/${hash}.${EXTENSIONS[mediaType] ?? "img"}`;
          names.set(hash, path);
          // Written before the next one is read: a catalogue's pictures do not fit in memory.
          const source = Readable.from([Buffer.from(bytes)]);
          const read = new Promise<void>((resolve) => source.once("close", resolve));
          zip.addReadStream(source, path, { mtime: new Date(0), mode: 0o100600, compress: false });
          await Promise.race([read, output]);
        }
        done += 1;
        if (done % STEP === 0) yield { kind: "progress", done, total };
      }
      await writeTable(table, options, ({ hash }) => names.get(hash) ?? hash, signal);
      zip.addFile(table, `products.${options.format}`, { mtime: new Date(0), mode: 0o100600 });
      zip.end();
      await output;
      return names.size;
    } finally {
      stop.abort();
      await output.catch(() => undefined);
      await rm(table, { force: true });
    }
  }

  async function* make(
    { path, replace, ...options }: Parameters<Exporter["make"]>[0],
    signal: AbortSignal = new AbortController().signal,
  ): AsyncGenerator<ExportEvent> {
    if (path !== undefined && !replace && (await isThere(path))) {
      throw new ShelfmatchError("INVALID_INPUT", `There is a file at ${path} already. Name another, or say --replace.`);
    }
    const kind = options.pictures ? "zip" : options.format;
    const id = randomUUID();
    const into = path === undefined ? folder : dirname(path);
    const draft = join(into, `.${id}.part`);
    const { total } = await catalog.counts();
    try {
      if (path === undefined) await mkdir(folder, { recursive: true });
      yield { kind: "progress", done: 0, total };
      const pictures = options.pictures ? yield* writeZip(draft, options, total, signal) : 0;
      if (!options.pictures) await writeTable(draft, options, byHash, signal);
      yield { kind: "progress", done: total, total };
      const { bytes } = { bytes: (await stat(draft)).size };
      const name = `shelfmatch-products.${kind}`;
      const target = path ?? join(folder, id);
      await rename(draft, target);
      if (path === undefined) {
        if (latest !== null) await rm(latest.path, { force: true });
        latest = { id, path: target, name, kind };
      }
      const note =
        options.embeddings && options.format !== "parquet"
          ? "Embeddings are in no file but Parquet; they were left out."
          : null;
      yield {
        kind: "done",
        exported: { id: path === undefined ? id : null, file: path ?? name, bytes, products: total, pictures, note },
      };
    } catch (error) {
      throw toExportError(error, path ?? basename(folder));
    } finally {
      await rm(draft, { force: true });
    }
  }

  return {
    make,
    async file(id) {
      if (latest === null || latest.id !== id || !(await isThere(latest.path))) {
        throw new ShelfmatchError("FILE_NOT_FOUND", "This export is not kept any more. Make it again.");
      }
      // Read from the disk as it is sent.
      return new File([await openAsBlob(latest.path)], latest.name, { type: MEDIA_TYPES[latest.kind] });
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function toExportError(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC") {
    return new ShelfmatchError("DISK_FULL", "The export does not fit on the disk. Make room, then export again.", {
      cause: error,
    });
  }
  if (code === "ENOENT" || code === "EACCES" || code === "EPERM" || code === "ENOTDIR" || code === "EISDIR") {
    const message = `${path} can't be written (${String(code)}). Name a file in a folder that you may write to.`;
    return new ShelfmatchError("FILE_NOT_READABLE", message, { cause: error });
  }
  return error;
}
