import { type BinEntry, binEntrySchema } from "../../shared/contract/bin.ts";
import { type Product, productDraftSchema } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { UpsertEntry } from "./port.ts";

/** What both adapters say of a deleted product. */

export function binEntryOf(id: string, product: Product, deletedAt: string, job: string | null): BinEntry {
  return binEntrySchema.parse({
    ...{ id, sku: product.sku, name: product.name, deletedAt, job },
    ...{ picture: product.pictures[0]?.hash ?? null, pictures: product.pictures.length },
  });
}

/** The write that puts it back; its variant group and its history come beside that. */
export function entryToRestore(product: Product): UpsertEntry {
  const { pictures, createdAt, updatedAt } = product;
  return {
    draft: productDraftSchema.parse(product),
    ...{ pictures, otherPictures: "remove", times: { createdAt, updatedAt } },
  };
}

export function notInBin(id: string): ShelfmatchError {
  const message = `The bin has no entry ${id}: it was restored or emptied already. Reload the list.`;
  return new ShelfmatchError("PRODUCT_NOT_FOUND", message, { details: { id } });
}

export function skuIsBack(sku: string): ShelfmatchError {
  const message = `There is a product with the SKU "${sku}" again: the deleted one can't be put back over it. Delete or rename that one first.`;
  return new ShelfmatchError("PRODUCT_EXISTS", message, { details: { sku } });
}
