import { type ProductDraft, productDraftSchema } from "../../shared/contract/domain.ts";
import { hasWrongCheckDigit } from "../catalog/barcode.ts";
import type { Column } from "./columns.ts";
import { skuOfName } from "./keys.ts";
import { type DecimalMark, readMoney } from "./price.ts";
import { isProblem, type Problem } from "./problem.ts";

/** A row's cells, whatever kind of file they came from. */
export interface RawRow {
  line: number | null;
  /** Cells of the columns that the file has; "" where empty. */
  values: ReadonlyMap<Exclude<Column, "images">, string>;
  /** Unknown columns; "" where empty. */
  attributes: Readonly<Record<string, string>>;
  /** Paths of the pictures; null where the file has no such column. */
  images: readonly string[] | null;
}

/** What a row says of its product. What it does not say stays as the catalogue has it. */
export interface SourceRow {
  line: number | null;
  sku: string;
  said: Partial<ProductDraft>;
  images: readonly string[] | null;
  /** Said beside the product, which goes in all the same. */
  warnings: readonly (Problem & { column: string })[];
  /** Without a readable picture nothing is known of the product, and it does not go in. */
  needsPicture: boolean;
}

export interface BadRow extends Problem {
  line: number | null;
  column: string | null;
}

export function readRow(raw: RawRow, mark: DecimalMark): SourceRow | BadRow {
  const { line, values } = raw;
  const cell = (column: Exclude<Column, "images">) => values.get(column)?.trim() ?? "";
  const bad = (column: string | null, problem: Problem): BadRow => ({ line, column, ...problem });

  const name = cell("name");
  const sku = cell("sku") || (name === "" ? "" : skuOfName(name));
  if (sku === "") {
    const message = "The row has neither a SKU nor a name. Fill in one of them.";
    return bad(values.has("sku") ? "sku" : "name", { code: "ROW_NO_KEY", message });
  }
  const money = readMoney(cell("price"), cell("currency"), mark);
  if (isProblem(money)) return bad(money.code === "ROW_BAD_PRICE" ? "price" : "currency", money);

  const warnings: SourceRow["warnings"][number][] = [];
  let barcode: string | null = cell("barcode") || null;
  const attributes: Record<string, string> = { ...raw.attributes };
  if (barcode !== null && /^\d+([.,]\d+)?e\+?\d+$/i.test(barcode)) {
    // A spreadsheet has shortened it, and other rows to the same text: as a barcode it would be wrong for all of them.
    attributes["barcode as given"] = barcode;
    const message = `"${barcode}" is a number that a spreadsheet shortened; it was kept as the attribute "barcode as given". Format the column as text and export it again.`;
    warnings.push({ code: "BARCODE_INVALID", column: "barcode", message });
    barcode = null;
  } else if (barcode !== null && hasWrongCheckDigit(barcode)) {
    const message = `The check digit of barcode ${barcode} is wrong; it was kept as it is. Compare it with the package.`;
    warnings.push({ code: "BARCODE_INVALID", column: "barcode", message });
  }

  const whole = productDraftSchema.safeParse({
    sku,
    name: name || sku,
    category: cell("category"),
    ...money,
    brand: cell("brand"),
    barcode,
    description: values.get("description") ?? "",
    attributes,
  });
  if (!whole.success) {
    const [issue] = whole.error.issues;
    const column = issue === undefined ? null : String(issue.path[0]);
    const message = `The ${column ?? "row"} can't be kept: ${issue?.message ?? "it is not as expected"}. Correct it and import again.`;
    return bad(column, { code: "ROW_INVALID", message });
  }
  return {
    line,
    sku: whole.data.sku,
    said: onlySaid(whole.data, values, name !== "", money.currency !== null),
    images: raw.images,
    warnings,
    needsPicture: false,
  };
}

function onlySaid(
  draft: ProductDraft,
  values: RawRow["values"],
  hasName: boolean,
  hasCurrency: boolean,
): Partial<ProductDraft> {
  const said: Partial<ProductDraft> = {};
  if (hasName) said.name = draft.name;
  if (values.has("category")) said.category = draft.category;
  if (values.has("price")) said.price = draft.price;
  if (values.has("currency") || hasCurrency) said.currency = draft.currency;
  if (values.has("brand")) said.brand = draft.brand;
  if (values.has("barcode")) said.barcode = draft.barcode;
  if (values.has("description")) said.description = draft.description;
  if (Object.keys(draft.attributes).length > 0) said.attributes = draft.attributes;
  return said;
}

/** The product as it becomes: what the row says, over what the catalogue has of it. */
export function completeDraft({ sku, said }: SourceRow, existing: ProductDraft | undefined): ProductDraft {
  const base = existing ?? productDraftSchema.parse({ sku, name: said.name ?? sku });
  const attributes = Object.entries({ ...base.attributes, ...said.attributes }).filter(([, value]) => value !== "");
  return {
    sku,
    name: said.name ?? base.name,
    category: said.category ?? base.category,
    price: said.price === undefined ? base.price : said.price,
    currency: said.currency === undefined ? base.currency : said.currency,
    brand: said.brand ?? base.brand,
    barcode: said.barcode === undefined ? base.barcode : said.barcode,
    description: said.description ?? base.description,
    attributes: Object.fromEntries(attributes),
  };
}
