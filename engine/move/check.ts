import { createHash } from "node:crypto";
import { type Product, productDraftSchema } from "../../shared/contract/domain.ts";
import type { MoveEvent, MoveReport } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import { hashOf } from "../picture/decode.ts";

const BATCH = 100;

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
  return { products: skus.length, pictures: seen.size, hash: total.digest("hex") };
}
