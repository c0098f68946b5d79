import { randomUUID } from "node:crypto";
import type { PictureRef, Product, ProductDraft } from "../../shared/contract/domain.ts";
import { productDraftSchema } from "../../shared/contract/domain.ts";
import type { Decision } from "../../shared/contract/duplicates.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { By, Catalog, UpsertEntry } from "../catalog/port.ts";

/** What becomes of products that look alike. Each decision is kept before it is carried out, so that it can be undone. */

const draftOf = (product: Product): ProductDraft => productDraftSchema.parse(product);

/** The product with what it lacks taken from the other. */
function filled(into: Product, from: Product): ProductDraft {
  const draft = draftOf(into);
  return {
    ...draft,
    category: draft.category || from.category,
    brand: draft.brand || from.brand,
    description: draft.description || from.description,
    barcode: draft.barcode ?? from.barcode,
    // A price without its currency is another price.
    ...(draft.price === null ? { price: from.price, currency: from.currency } : {}),
    attributes: { ...from.attributes, ...draft.attributes },
  };
}

function without(pictures: readonly PictureRef[], others: readonly PictureRef[]): PictureRef[] {
  const hashes = new Set(others.map(({ hash }) => hash));
  return pictures.filter(({ hash }) => !hashes.has(hash));
}

/** The product as it was before a merge, but for what was changed by hand since. */
function restored(now: Product, { into, from }: Extract<Decision, { kind: "merged" }>): ProductDraft {
  const merged = filled(into, from);
  const draft = draftOf(now);
  const before = draftOf(into);
  const back = <K extends keyof ProductDraft>(key: K): ProductDraft[K] =>
    JSON.stringify(draft[key]) === JSON.stringify(merged[key]) ? before[key] : draft[key];
  return {
    ...{ sku: draft.sku, name: draft.name, category: back("category"), brand: back("brand") },
    ...{ description: back("description"), barcode: back("barcode"), price: back("price"), currency: back("currency") },
    attributes: back("attributes"),
  };
}

async function write(catalog: Catalog, entries: readonly UpsertEntry[]): Promise<void> {
  for (const answer of await catalog.upsert(entries)) if (answer instanceof ShelfmatchError) throw answer;
}

export function createDecider(catalog: Catalog, nudge: () => void) {
  async function merge(intoSku: string, fromSku: string): Promise<{ product: Product; decision: string }> {
    if (intoSku === fromSku) {
      throw new ShelfmatchError("INVALID_INPUT", `${intoSku} can't be merged with itself. Name two products.`);
    }
    const [into, from] = await Promise.all([catalog.get(intoSku), catalog.get(fromSku)]);
    const id = randomUUID();
    const by: By = { source: "merge", job: id };
    await catalog.addDecision({ kind: "merged", id, time: new Date().toISOString(), into, from });
    try {
      await write(catalog, [
        // Gives its barcode up first: it is one product's at a time.
        { draft: { ...draftOf(from), barcode: null }, pictures: [], otherPictures: "keep", by },
        {
          draft: filled(into, from),
          pictures: [...into.pictures, ...without(from.pictures, into.pictures)],
          otherPictures: "keep",
          by,
        },
      ]);
    } catch (error) {
      await catalog.removeDecision(id);
      throw error;
    }
    if (from.variantGroup !== undefined && into.variantGroup === undefined) {
      await catalog.setVariantGroup([into.sku], from.variantGroup);
    }
    await catalog.delete(from.sku);
    nudge();
    return { product: await catalog.get(into.sku), decision: id };
  }

  async function unmerge(decision: Extract<Decision, { kind: "merged" }>): Promise<string[]> {
    const { into, from } = decision;
    const [back] = await catalog.getMany([from.sku]);
    if (back !== undefined && back.barcode !== null) {
      const message = `There is a product with the SKU "${from.sku}" again: the merge can't be undone over it. Delete or rename that one first.`;
      throw new ShelfmatchError("PRODUCT_EXISTS", message, { details: { sku: from.sku } });
    }
    const [now] = await catalog.getMany([into.sku]);
    // Pictures that were taken off meanwhile are gone from the store.
    const stored = await Promise.all(from.pictures.map(async (ref) => (await catalog.pictureRef(ref.hash)) && ref));
    const pictures = stored.filter((ref) => ref !== null);
    const entries: UpsertEntry[] = [{ draft: { ...draftOf(from), barcode: null }, pictures, otherPictures: "remove" }];
    if (now !== undefined) {
      const brought = without(from.pictures, into.pictures);
      entries.push({
        draft: restored(now, decision),
        pictures: without(now.pictures, brought),
        otherPictures: "remove",
      });
    }
    // Its barcode comes back once the other has let go of it.
    await write(catalog, [...entries, { draft: draftOf(from), pictures, otherPictures: "remove" }]);
    if (from.variantGroup !== undefined) await catalog.setVariantGroup([from.sku], from.variantGroup);
    if (now !== undefined && into.variantGroup === undefined && now.variantGroup === from.variantGroup) {
      await catalog.setVariantGroup([into.sku], null);
    }
    nudge();
    return [into.sku, from.sku];
  }

  async function distinct(skus: readonly string[]): Promise<string> {
    for (const sku of skus) await catalog.get(sku);
    const id = randomUUID();
    await catalog.addDecision({ kind: "distinct", id, time: new Date().toISOString(), skus: [...new Set(skus)] });
    return id;
  }

  async function variants(skus: readonly string[]): Promise<{ group: string; skus: string[] }> {
    const named = await Promise.all([...new Set(skus)].map((sku) => catalog.get(sku)));
    const groups = [...new Set(named.flatMap(({ variantGroup }) => variantGroup ?? []))];
    const members = (await Promise.all(groups.map((group) => catalog.inVariantGroup(group)))).flat();
    const all = [...new Set([...named, ...members].map(({ sku }) => sku))].sort();
    const group = groups[0] ?? randomUUID();
    await catalog.setVariantGroup(all, group);
    return { group, skus: all };
  }

  async function group(sku: string): Promise<Product[]> {
    const { variantGroup } = await catalog.get(sku);
    const members = variantGroup === undefined ? [] : await catalog.inVariantGroup(variantGroup);
    return members.length > 1 ? members : [];
  }

  async function apart(sku: string): Promise<void> {
    const others = (await group(sku)).filter((member) => member.sku !== sku);
    // Who is left alone is no variant of anything.
    const leaving = others.length === 1 ? [sku, ...others.map((member) => member.sku)] : [sku];
    await catalog.setVariantGroup(leaving, null);
  }

  async function undo(id: string): Promise<string[]> {
    const decision = (await catalog.decisions()).find((one) => one.id === id);
    if (decision === undefined) {
      throw new ShelfmatchError("DECISION_NOT_FOUND", `There is no decision ${id}: it may have been undone already.`);
    }
    const skus = decision.kind === "merged" ? await unmerge(decision) : decision.skus;
    await catalog.removeDecision(id);
    return skus;
  }

  return { merge, distinct, variants, group, apart, undo };
}
