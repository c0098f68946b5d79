import { createHash } from "node:crypto";
import { type Product, productDraftSchema } from "../../shared/contract/domain.ts";
import type { Change } from "../../shared/contract/history.ts";
import type { MoveEvent, MoveReport } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog, KeptEntry } from "../catalog/port.ts";
import { hashOf } from "../picture/decode.ts";

const BATCH = 100;
const HISTORY_PAGE = 500;

/** Everything of a product that a person gave, in one order; times of change and index state are each side's own. */
function digest(product: Product): string {
  const draft = productDraftSchema.parse(product);
  const attributes = Object.entries(draft.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = Object.entries({ ...draft, attributes }).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([fields, product.pictures.map(({ hash }) => hash)]);
}

function differ(what: string): ShelfmatchError {
  return new ShelfmatchError(
    "DATA_CORRUPT",
    `The copy differs: ${what}. What was there is untouched; move again, and look into the journal if it happens twice.`,
  );
}

/**
 * Reads both catalogues whole, and every picture of the copy, back from where they are stored.
 * @throws ShelfmatchError DATA_CORRUPT, naming the first difference
 */
export async function* compareCatalogs(
  from: Catalog,
  to: Catalog,
  signal: AbortSignal,
): AsyncGenerator<MoveEvent, MoveReport["checked"]> {
  const [skus, copied] = await Promise.all([from.allSkus(), to.allSkus()]);
  if (skus.length !== copied.length) throw differ(`${copied.length} products instead of ${skus.length}`);
  const total = createHash("sha256");
  const seen = new Set<string>();
  skus.sort();
  for (let at = 0; at < skus.length; at += BATCH) {
    signal.throwIfAborted();
    const some = skus.slice(at, at + BATCH);
    const [products, copies] = await Promise.all([from.getMany(some), to.getMany(some)]);
    for (const [place, product] of products.entries()) {
      const copy = copies[place];
      const wanted = digest(product);
      if (copy === undefined || digest(copy) !== wanted) throw differ(`product "${product.sku}" is not the same`);
      total.update(wanted);
      for (const { hash } of copy.pictures) {
        if (seen.has(hash)) continue;
        seen.add(hash);
        const { bytes } = await to.picture(hash, "full");
        if (hashOf(bytes) !== hash) throw differ(`a picture of "${product.sku}" has other bytes`);
      }
    }
    yield { kind: "progress", phase: "check", done: Math.min(at + BATCH, skus.length), total: skus.length };
  }
  await compareKept(from, to, signal);
  return { products: skus.length, pictures: seen.size, hash: total.digest("hex") };
}

/** Every entry of the bin, every change of the history and every saved filter is in the copy, as it is. */
async function compareKept(from: Catalog, to: Catalog, signal: AbortSignal): Promise<void> {
  const copies = new Map<string, string>();
  for await (const entry of allKept(to, signal)) copies.set(entry.id, digestEntry(entry));
  for await (const entry of allKept(from, signal)) {
    if (copies.get(entry.id) !== digestEntry(entry)) throw differ(`"${entry.sku}" in the bin is not the same`);
  }
  const counts = new Map<string, number>();
  for await (const change of allHistory(to, signal)) {
    counts.set(digestChange(change), (counts.get(digestChange(change)) ?? 0) + 1);
  }
  for await (const change of allHistory(from, signal)) {
    const left = counts.get(digestChange(change)) ?? 0;
    if (left === 0) throw differ(`the history of "${change.sku}" lacks what happened ${change.time}`);
    counts.set(digestChange(change), left - 1);
  }
  const views = new Set((await to.views()).map((view) => JSON.stringify([view.id, view.name, view.search])));
  for (const { id, name, search } of await from.views()) {
    if (!views.has(JSON.stringify([id, name, search]))) throw differ(`the saved filter "${name}" is not the same`);
  }
}

const digestEntry = ({ id, kind, sku, name, time, job, product, pictures }: KeptEntry): string => {
  const said = product === null ? null : digest(product);
  return JSON.stringify([id, kind, sku, name, Date.parse(time), job, said, [...pictures].sort()]);
};
const digestChange = ({ sku, time, kind, source, job, fields }: Change): string =>
  hashOf(Buffer.from(JSON.stringify([sku, Date.parse(time), kind, source, job, fields])));

async function* allKept(catalog: Catalog, signal: AbortSignal): AsyncGenerator<KeptEntry, void> {
  for (let after: string | null = null; ; ) {
    signal.throwIfAborted();
    const entries: KeptEntry[] = await catalog.keptEntries(after, BATCH);
    yield* entries;
    const last = entries.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

async function* allHistory(catalog: Catalog, signal: AbortSignal): AsyncGenerator<Change, void> {
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const changes = await catalog.allChanges(after, HISTORY_PAGE);
    yield* changes;
    const last = changes.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
