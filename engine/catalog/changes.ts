import type { PictureRef, Product } from "../../shared/contract/domain.ts";
import type { FieldChange } from "../../shared/contract/history.ts";
import { ShelfmatchError } from "../../shared/errors.ts";

/** What differs between two states of a product, field by field; and the way back. */

const PLAIN = ["name", "category", "price", "currency", "brand", "barcode", "description"] as const;
const ATTRIBUTE = "attributes.";

const samePictures = (one: readonly PictureRef[], other: readonly PictureRef[]) =>
  JSON.stringify(one.map(({ hash }) => hash)) === JSON.stringify(other.map(({ hash }) => hash));

export function fieldChanges(before: Product, after: Product): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of PLAIN) {
    if (before[field] !== after[field]) changes.push({ field, before: before[field], after: after[field] });
  }
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]);
  for (const name of [...names].sort()) {
    const [was, is] = [before.attributes[name] ?? null, after.attributes[name] ?? null];
    if (was !== is) changes.push({ field: ATTRIBUTE + name, before: was, after: is });
  }
  if (!samePictures(before.pictures, after.pictures)) {
    changes.push({ field: "pictures", before: before.pictures, after: after.pictures });
  }
  return changes;
}

/** The product with the fields as they were before the change. @returns the fields that somebody has changed since */
export function reverted(now: Product, fields: readonly FieldChange[]): { product: Product; changedSince: string[] } {
  const product: Product = { ...now, attributes: { ...now.attributes } };
  const changedSince: string[] = [];
  for (const { field, before, after } of fields) {
    if (field === "pictures" && Array.isArray(before) && Array.isArray(after)) {
      if (!samePictures(now.pictures, after)) changedSince.push(field);
      product.pictures = before;
    } else if (field.startsWith(ATTRIBUTE) && !Array.isArray(before)) {
      const name = field.slice(ATTRIBUTE.length);
      if ((now.attributes[name] ?? null) !== after) changedSince.push(field);
      if (before === null) delete product.attributes[name];
      else product.attributes[name] = before;
    } else {
      const plain = PLAIN.find((known) => known === field);
      if (plain === undefined) continue;
      if (now[plain] !== after) changedSince.push(field);
      Object.assign(product, { [plain]: before });
    }
  }
  return { product, changedSince };
}

/** @throws ShelfmatchError PRODUCT_CHANGED where the product is no longer as the caller knows it */
export function checkUnchanged(
  product: Pick<Product, "sku" | "name" | "updatedAt">,
  expected: string | undefined,
): void {
  if (expected === undefined || Date.parse(expected) === Date.parse(product.updatedAt)) return;
  throw new ShelfmatchError(
    "PRODUCT_CHANGED",
    `${product.name} (${product.sku}) was changed meanwhile. Look at what it says now, then change it again.`,
    { details: { sku: product.sku, updatedAt: product.updatedAt } },
  );
}
