import type { BulkChanges, Selection } from "../../shared/contract/bulk.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { reverted } from "../catalog/changes.ts";
import type { By, Catalog, UpsertEntry } from "../catalog/port.ts";
import { edited } from "./edit.ts";

/** The steps of bulk jobs. Each writes some hundred products in one durable step, and tells how it went. */

/** Products that one step writes: a transaction of some hundred milliseconds, between which others get their turn. */
const STEP = 200;

export interface Report {
  total(products: number): void;
  /** @param refusals of those among `done` that stay as they are */
  step(done: number, changed: number, refusals: readonly Refusal[]): void;
}
export interface Refusal {
  sku: string;
  message: string;
}

/** Everything that fits a query, minus what was taken out of it. */
const MOST = 10_000_000;

export async function skusOf(catalog: Catalog, selection: Selection): Promise<string[]> {
  if (selection.kind === "some") return [...new Set(selection.skus)];
  const except = new Set(selection.except);
  const all = await catalog.skus(selection.query, { offset: 0, limit: MOST });
  return except.size === 0 ? all : all.filter((sku) => !except.has(sku));
}

function* steps<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += STEP) yield all.slice(at, at + STEP);
}

const gone = (sku: string): Refusal => ({ sku, message: `${sku} is no longer in the catalogue.` });
const refusalOf = (sku: string, error: unknown): Refusal => {
  if (error instanceof ShelfmatchError) return { sku, message: error.message };
  throw error;
};

async function upsertAll(
  catalog: Catalog,
  entries: readonly UpsertEntry[],
): Promise<{ changed: number; refusals: Refusal[] }> {
  const answers = entries.length === 0 ? [] : await catalog.upsert(entries);
  let changed = 0;
  const refusals: Refusal[] = [];
  for (const [at, answer] of answers.entries()) {
    if (answer instanceof ShelfmatchError) refusals.push(refusalOf(entries[at]?.draft.sku ?? "", answer));
    else if (answer.outcome !== "unchanged") changed += 1;
  }
  return { changed, refusals };
}

export async function editAll(
  catalog: Catalog,
  skus: readonly string[],
  changes: BulkChanges,
  by: By,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  for (const named of steps(skus)) {
    signal.throwIfAborted();
    const products = await catalog.getMany(named);
    const there = new Set(products.map(({ sku }) => sku));
    const refusals = named.filter((sku) => !there.has(sku)).map(gone);
    const entries: UpsertEntry[] = [];
    for (const product of products) {
      try {
        entries.push({ draft: edited(product, changes), pictures: [], otherPictures: "keep", by });
      } catch (error) {
        refusals.push(refusalOf(product.sku, error));
      }
    }
    const written = await upsertAll(catalog, entries);
    report.step(named.length, written.changed, [...refusals, ...written.refusals]);
  }
}

export async function discardAll(
  catalog: Catalog,
  skus: readonly string[],
  by: By,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  for (const named of steps(skus)) {
    signal.throwIfAborted();
    const entries = await catalog.discard(named, by);
    const done = new Set(entries.map(({ sku }) => sku));
    report.step(named.length, entries.length, named.filter((sku) => !done.has(sku)).map(gone));
  }
}

export async function reindexAll(
  catalog: Catalog,
  skus: readonly string[],
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  for (const named of steps(skus)) {
    signal.throwIfAborted();
    await catalog.markAllPending(named);
    report.step(named.length, named.length, []);
  }
}

/** Puts back what a job deleted. */
export async function restoreAll(catalog: Catalog, job: string, by: By, report: Report, signal: AbortSignal) {
  const ids = await catalog.discardedBy(job);
  report.total(ids.length);
  for (const some of steps(ids)) {
    signal.throwIfAborted();
    const answers = await catalog.restore(some, by);
    const refusals = answers.flatMap((answer, at) =>
      answer instanceof ShelfmatchError ? [refusalOf(String(answer.details?.sku ?? some[at]), answer)] : [],
    );
    report.step(some.length, some.length - refusals.length, refusals);
  }
}

/** Gives back the values that a job changed, but for those that somebody has changed since. */
export async function revertAll(catalog: Catalog, job: string, by: By, report: Report, signal: AbortSignal) {
  for (let before: number | undefined; ; ) {
    signal.throwIfAborted();
    const changes = await catalog.changes({ job, before, limit: STEP });
    const last = changes.at(-1);
    if (last === undefined) return;
    before = last.id;
    const products = new Map((await catalog.getMany(changes.map(({ sku }) => sku))).map((one) => [one.sku, one]));
    const refusals: Refusal[] = [];
    const entries: UpsertEntry[] = [];
    for (const { sku, fields } of changes) {
      const now = products.get(sku);
      if (now === undefined) {
        refusals.push(gone(sku));
        continue;
      }
      const { product, changedSince } = reverted(now, fields);
      if (changedSince.length > 0) {
        refusals.push({ sku, message: `${changedSince.join(", ")} of ${sku} changed again since: it stays as it is.` });
        continue;
      }
      entries.push({ draft: productDraftSchema.parse(product), pictures: [], otherPictures: "keep", by });
    }
    const written = await upsertAll(catalog, entries);
    report.step(changes.length, written.changed, [...refusals, ...written.refusals]);
  }
}
