import { type Product, type ProductDraft, productDraftSchema } from "../../../shared/contract/domain.ts";
import { t } from "../lib/i18n/i18n.ts";

/** The form's fields, as they are typed. */
export interface DraftFields {
  sku: string;
  name: string;
  category: string;
  price: string;
  currency: string;
  brand: string;
  barcode: string;
  description: string;
  /** One `name: value` a line. */
  attributes: string;
}

export type FieldErrors = Partial<Record<keyof DraftFields, string>>;

export function fieldsOf(product: Product | null): DraftFields {
  return {
    sku: product?.sku ?? "",
    name: product?.name ?? "",
    category: product?.category ?? "",
    price: product?.price ?? "",
    currency: product?.currency ?? "",
    brand: product?.brand ?? "",
    barcode: product?.barcode ?? "",
    description: product?.description ?? "",
    attributes: Object.entries(product?.attributes ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
  };
}

/** @returns the line that is no `name: value`, where there is one */
function attributesOf(text: string): Record<string, string> | string {
  const attributes: Record<string, string> = {};
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim();
    if (colon < 0 || name === "") return line.trim();
    attributes[name] = line.slice(colon + 1).trim();
  }
  return attributes;
}

/** Checked by the contract's own schema, so that the form refuses what the engine would. */
export function draftOf(fields: DraftFields): { draft: ProductDraft } | { errors: FieldErrors } {
  const attributes = attributesOf(fields.attributes);
  const parsed = productDraftSchema.safeParse({
    ...fields,
    // Both marks are typed; a list of thousands is not.
    price: fields.price.trim() === "" ? null : fields.price.trim().replace(",", "."),
    currency: fields.currency.trim() === "" ? null : fields.currency.trim().toUpperCase(),
    barcode: fields.barcode.trim() === "" ? null : fields.barcode,
    attributes: typeof attributes === "string" ? {} : attributes,
  });
  const errors: FieldErrors = {};
  if (typeof attributes === "string")
    errors.attributes = t("“{line}” has no name and colon before its value.", { line: attributes });
  if (parsed.success) {
    if (parsed.data.price !== null && parsed.data.currency === null) errors.currency = t("A price needs its currency.");
    return Object.keys(errors).length === 0 ? { draft: parsed.data } : { errors };
  }
  for (const issue of parsed.error.issues) {
    const field = issue.path[0];
    if (typeof field === "string" && field in fields) {
      const key = field as keyof DraftFields;
      errors[key] ??= fields[key].trim() === "" ? t("This is needed.") : issue.message;
    }
  }
  return { errors };
}
