import { setImmediate } from "node:timers/promises";
import type { Product } from "../../shared/contract/domain.ts";
import type { ImportFailure, PlanCounts, PlannedRow } from "../../shared/contract/imports.ts";
import { barcodeKey } from "../catalog/barcode.ts";
import type { Catalog } from "../catalog/port.ts";
import { hashOf } from "../picture/decode.ts";
import { readAll } from "./files.ts";
import { failure, isProblem } from "./problem.ts";
import type { ProgressMeter } from "./progress.ts";
import { type BadRow, completeDraft, type SourceRow } from "./row.ts";
import { hashInName, type NumberedRow } from "./run.ts";
import type { OpenedSource } from "./source.ts";
import { isWebAddress } from "./web/picture-fetcher.ts";

/** A dry run: what an import would change, found out without a write. Pictures are read and not decoded. */

interface PlanOptions {
  catalog: Catalog;
  source: Pick<OpenedSource, "find">;
  rows: AsyncIterable<NumberedRow>;
  progress: ProgressMeter;
  pictureBytes: number;
  /** Whether pictures from the web would be fetched. */
  fromWeb: boolean;
  keep(rows: readonly PlannedRow[]): void;
  signal: AbortSignal;
}

/** Rows that are compared with the catalogue at once. */
const BATCH_ROWS = 500;

const FIELDS = ["name", "category", "price", "currency", "brand", "barcode", "description"] as const;

/** @returns how many, of each kind */
export async function planImport(options: PlanOptions): Promise<PlanCounts> {
  const { rows, progress, keep, signal } = options;
  const counts: PlanCounts = { added: 0, changed: 0, unchanged: 0, bad: 0, fromWeb: 0 };
  const lines = new Map<string, number | null>();
  const barcodes = new Map<string, string>();
  let batch: SourceRow[] = [];
  let planned: PlannedRow[] = [];

  async function flush(): Promise<void> {
    planned.push(...(await compare(options, batch, barcodes, counts)));
    for (const { kind } of planned) counts[kind] += 1;
    keep(planned);
    for (const _ of planned) progress.rowDealt();
    batch = [];
    planned = [];
    signal.throwIfAborted();
    await setImmediate();
  }

  for await (const { row } of rows) {
    if (isProblem(row)) planned.push(badRow(row, failure(row.line, row.column, row)));
    else if (lines.has(row.sku)) {
      const line = lines.get(row.sku) ?? null;
      const message = `The SKU "${row.sku}" comes twice in this import${line === null ? "" : ` (line ${line})`}; the first one is taken. Give each product its own SKU.`;
      planned.push(badRow(row, failure(row.line, "sku", { code: "ROW_DUPLICATE_SKU", message })));
    } else {
      lines.set(row.sku, row.line);
      batch.push(row);
    }
    if (batch.length + planned.length >= BATCH_ROWS) await flush();
  }
  await flush();
  return counts;
}

function badRow(row: SourceRow | BadRow, problem: ImportFailure): PlannedRow {
  const sku = "sku" in row ? row.sku : "";
  return { line: row.line, kind: "bad", sku, name: "", changes: [], problems: [problem] };
}

async function compare(
  options: PlanOptions,
  batch: readonly SourceRow[],
  barcodes: Map<string, string>,
  counts: PlanCounts,
): Promise<PlannedRow[]> {
  const known = await options.catalog.getMany(batch.map(({ sku }) => sku));
  const existing = new Map(known.map((product) => [product.sku, product]));
  return Promise.all(batch.map((row) => compareOne(options, row, existing.get(row.sku), barcodes, counts)));
}

async function compareOne(
  options: PlanOptions,
  row: SourceRow,
  before: Product | undefined,
  barcodes: Map<string, string>,
  counts: PlanCounts,
): Promise<PlannedRow> {
  const draft = completeDraft(row, before);
  const { line, sku } = row;
  const { name } = draft;
  const taken = await takenBarcode(options.catalog, draft, before, barcodes);
  if (taken !== null) {
    const problems = [failure(line, "barcode", { code: "BARCODE_TAKEN", message: taken })];
    return { line, kind: "bad", sku, name, changes: [], problems };
  }
  const problems = row.warnings.map(({ column, ...problem }) => failure(line, column, problem));
  const pictures = await comparePictures(options, row, before, counts);
  problems.push(...pictures.problems);
  if (row.needsPicture && pictures.found === 0 && problems.length > 0) {
    return { line, kind: "bad", sku, name, changes: [], problems };
  }
  const changes: PlannedRow["changes"] = [];
  const note = (field: string, from: string, to: string) => {
    if (from !== to) changes.push({ field, from, to });
  };
  for (const field of FIELDS) note(field, before?.[field] ?? "", draft[field] ?? "");
  const names = new Set([...Object.keys(before?.attributes ?? {}), ...Object.keys(draft.attributes)]);
  for (const attribute of names) {
    note(`attribute:${attribute}`, before?.attributes[attribute] ?? "", draft.attributes[attribute] ?? "");
  }
  if (row.variantGroup !== undefined) note("variantGroup", before?.variantGroup ?? "", row.variantGroup ?? "");
  if (pictures.change !== null) changes.push(pictures.change);
  const kind = before === undefined ? "added" : changes.length > 0 ? "changed" : "unchanged";
  // A row that goes in but not whole is listed where a person looks for what is wrong.
  return {
    line,
    kind: problems.length > 0 ? "bad" : kind,
    sku,
    name,
    changes: kind === "unchanged" ? [] : changes,
    problems,
  };
}

/** @returns why the product can't have its barcode; null where it can */
async function takenBarcode(
  catalog: Catalog,
  { sku, barcode }: { sku: string; barcode: string | null },
  before: Product | undefined,
  barcodes: Map<string, string>,
): Promise<string | null> {
  if (barcode === null) return null;
  const key = barcodeKey(barcode);
  const inFile = barcodes.get(key);
  if (inFile === undefined) barcodes.set(key, sku);
  const held = before?.barcode ?? null;
  const own = held !== null && barcodeKey(held) === key;
  const owner = inFile ?? (own ? undefined : (await catalog.findByBarcode(barcode))?.sku);
  if (owner === undefined || owner === sku) return null;
  return `Product "${sku}" can't have the barcode ${barcode}: it is that of "${owner}". Correct one of the two.`;
}

interface ComparedPictures {
  change: PlannedRow["changes"][number] | null;
  problems: ImportFailure[];
  found: number;
}

async function comparePictures(
  { catalog, source, pictureBytes, fromWeb }: PlanOptions,
  row: SourceRow,
  before: Product | undefined,
  counts: PlanCounts,
): Promise<ComparedPictures> {
  const old = before?.pictures ?? [];
  const problems: ImportFailure[] = [];
  const hashes = new Set<string>();
  let web = 0;
  if (row.images === null) return { change: null, problems, found: old.length };
  for (const path of row.images) {
    if (fromWeb && isWebAddress(path)) {
      web += 1;
      continue;
    }
    const file = await source.find(path);
    const column = row.line === null ? path : "images";
    if (isProblem(file)) {
      const hash = file.code === "PICTURE_MISSING" ? hashInName(path) : null;
      if (hash !== null && (await catalog.pictureRef(hash)) !== null) hashes.add(hash);
      else problems.push(failure(row.line, column, file));
    } else if (file.bytes > pictureBytes) {
      const message = `${path} has ${Math.round(file.bytes / 1e6)} MB; the limit is ${Math.round(pictureBytes / 1e6)} MB. Make it smaller and import again.`;
      problems.push(failure(row.line, column, { code: "IMAGE_TOO_LARGE", message }));
    } else hashes.add(hashOf(await readAll(file)));
  }
  counts.fromWeb += web;
  const whole = problems.length === 0 && web === 0;
  const kept = old.filter(({ hash, origin }) => origin !== undefined && !hashes.has(hash)).map(({ hash }) => hash);
  const after = whole ? [...hashes, ...kept] : null;
  const fresh = [...hashes].filter((hash) => !old.some((picture) => picture.hash === hash)).length;
  const gone = whole ? old.filter(({ hash, origin }) => origin === undefined && !hashes.has(hash)).length : 0;
  const total = after?.length ?? old.length + fresh;
  const reordered = after !== null && after.join() !== old.map(({ hash }) => hash).join();
  const changed = fresh > 0 || web > 0 || reordered;
  const how = fresh > 0 || gone > 0 ? ` (${fresh} new, ${gone} removed)` : reordered ? " (in another order)" : "";
  const words = `${total}${how}${web > 0 ? ` and ${web} from the web` : ""}`;
  return {
    change: changed ? { field: "pictures", from: String(old.length), to: words } : null,
    problems,
    found: hashes.size + web,
  };
}
