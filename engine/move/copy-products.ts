import { type PictureRef, type Product, productDraftSchema } from "../../shared/contract/domain.ts";
import type { MoveEvent } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog, PictureUpload, UpsertEntry } from "../catalog/port.ts";

/** Products of one write: their pictures are in memory at once. */
const BATCH = 16;
/** Products that are looked through at once. */
const PAGE = 500;

/** The picture with its thumbnail, as it is stored. @throws ShelfmatchError PICTURE_NOT_FOUND */
export async function readPicture(from: Catalog, ref: PictureRef): Promise<PictureUpload> {
  const [full, thumbnail] = await Promise.all([from.picture(ref.hash, "full"), from.picture(ref.hash, "thumbnail")]);
  return { ...full, hash: ref.hash, width: ref.width, height: ref.height, thumbnail: thumbnail.bytes };
}

/** The picture itself, or a reference where the target has it. */
async function pictureFor(from: Catalog, to: Catalog, ref: PictureRef): Promise<PictureUpload | PictureRef> {
  const origin = ref.origin === undefined ? {} : { origin: ref.origin };
  const stored = await to.pictureRef(ref.hash);
  if (stored !== null) return { ...stored, ...origin };
  return { ...(await readPicture(from, ref)), ...origin };
}

async function toEntry(from: Catalog, to: Catalog, product: Product): Promise<UpsertEntry> {
  const pictures: UpsertEntry["pictures"][number][] = [];
  for (const ref of product.pictures) pictures.push(await pictureFor(from, to, ref));
  const { createdAt, updatedAt } = product;
  return {
    draft: productDraftSchema.parse(product),
    pictures,
    otherPictures: "remove",
    times: { createdAt, updatedAt },
  };
}

/** Products that are variants of one another, and what was decided about those that look alike. */
async function copyDecisions(from: Catalog, to: Catalog, skus: readonly string[]): Promise<void> {
  const groups = new Set<string>();
  for (let at = 0; at < skus.length; at += PAGE) {
    const page = skus.slice(at, at + PAGE);
    const [sources, targets] = await Promise.all([from.getMany(page), to.getMany(page)]);
    for (const { variantGroup } of sources) if (variantGroup !== undefined) groups.add(variantGroup);
    const alone = new Set(sources.filter(({ variantGroup }) => variantGroup === undefined).map(({ sku }) => sku));
    // An earlier move may have brought a group that a product has left since.
    const left = targets.filter(({ sku, variantGroup }) => variantGroup !== undefined && alone.has(sku));
    if (left.length > 0) {
      await to.setVariantGroup(
        left.map(({ sku }) => sku),
        null,
      );
    }
  }
  for (const group of groups) {
    const members = (await from.inVariantGroup(group)).map(({ sku }) => sku);
    await to.setVariantGroup(members, group);
  }
  for (const decision of await from.decisions()) await to.addDecision(decision);
}

/** Writes every product that the target lacks or has otherwise. @returns how many there are, and were written */
export async function* copyProducts(
  from: Catalog,
  to: Catalog,
  signal: AbortSignal,
): AsyncGenerator<MoveEvent, { total: number; pictures: number; written: number }> {
  const skus = await from.allSkus();
  const hashes = new Set<string>();
  let written = 0;
  for (let at = 0; at < skus.length; at += BATCH) {
    signal.throwIfAborted();
    const products = await from.getMany(skus.slice(at, at + BATCH));
    for (const { pictures } of products) for (const { hash } of pictures) hashes.add(hash);
    const entries = await Promise.all(products.map((product) => toEntry(from, to, product)));
    for (const answer of await to.upsert(entries)) {
      if (answer instanceof ShelfmatchError) throw answer;
      if (answer.outcome !== "unchanged") written++;
    }
    yield { kind: "progress", phase: "products", done: Math.min(at + BATCH, skus.length), total: skus.length };
  }
  await copyDecisions(from, to, skus);
  return { total: skus.length, pictures: hashes.size, written };
}
