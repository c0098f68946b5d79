import { msg } from "../lib/i18n/i18n.ts";

/** Fields of a product, as a person chooses among them. */
export const FIELDS = [
  ["sku", msg("SKU")],
  ["name", msg("Name")],
  ["category", msg("Category")],
  ["price", msg("Price")],
  ["currency", msg("Currency")],
  ["brand", msg("Brand")],
  ["barcode", msg("Barcode")],
  ["description", msg("Description")],
  ["images", msg("Pictures")],
  ["variantGroup", msg("Variant group")],
  ["pictureOrigins", msg("Origins of the pictures")],
  ["createdAt", msg("Added on")],
  ["updatedAt", msg("Changed on")],
] as const;

const LABELS = new Map<string, (typeof FIELDS)[number][1]>(FIELDS);

/** How a field is called; null for an attribute, which is called as it is. */
export function fieldLabel(field: string): (typeof FIELDS)[number][1] | null {
  return LABELS.get(field === "pictures" ? "images" : field) ?? null;
}
