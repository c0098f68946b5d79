import { z } from "zod";
import {
  type PictureOrigin,
  type ProductDraft,
  pictureOriginSchema,
  productDraftSchema,
} from "../../shared/contract/domain.ts";
import type { ImportOptions } from "../../shared/contract/imports.ts";
import { hasWrongCheckDigit } from "../catalog/barcode.ts";
import type { Column } from "./columns.ts";
import { skuOfName } from "./keys.ts";
import { type DecimalMark, readMoney } from "./price.ts";
import { isProblem, type Problem } from "./problem.ts";
import type { TableRecord } from "./record.ts";

/** A row's cells, whatever kind of file they came from. */
export interface RawRow {
  line: number | null;
  /** Cells of the columns that the file has; "" where empty. */
  values: ReadonlyMap<Exclude<Column, "images">, string>;
  /** Unknown columns; "" where empty. */
  attributes: Readonly<Record<string, string>>;
  /** Paths of the pictures; null where the file has no such column. */
  images: readonly string[] | null;
  record: TableRecord;
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
  /** Products of one group are variants of one another; null takes the product out of its group. */
  variantGroup?: string | null;
  /** Of the pictures, in their order; null for a shop's own. */
  origins?: readonly (PictureOrigin | null)[];
  /** Of a product that the catalogue does not have yet. */
  times?: { createdAt: string; updatedAt: string };
  /** As the file has the row; absent where it has no rows. */
  record?: TableRecord;
}

export interface BadRow extends Problem {
  line: number | null;
  column: string | null;
  /** What could be read of it all the same. */
  record?: TableRecord;
}

export type RowOptions = Pick<ImportOptions, "priceUnit" | "currency">;

const originsSchema = z.array(pictureOriginSchema.nullable());
const timeSchema = z.iso.datetime();

export function readRow(raw: RawRow, mark: DecimalMark, options: RowOptions): SourceRow | BadRow {
  const { line, values } = raw;
  const cell = (column: Exclude<Column, "images">) => values.get(column)?.trim() ?? "";
  const bad = (column: string | null, problem: Problem): BadRow => ({
    line,
    column,
    ...problem,
    record: raw.record,
  });

  const name = cell("name");
  const sku = cell("sku") || (name === "" ? "" : skuOfName(name));
  if (sku === "") {
    const message = "The row has neither a SKU nor a name. Fill in one of them.";
    return bad(values.has("sku") ? "sku" : "name", { code: "ROW_NO_KEY", message });
  }
  const money = readMoney(cell("price"), cell("currency"), mark);
  if (isProblem(money)) return bad(money.code === "ROW_BAD_PRICE" ? "price" : "currency", money);
  if (options.priceUnit === "hundredth" && money.price !== null) {
    const units = hundredths(money.price);
    if (isProblem(units)) return bad("price", units);
    money.price = units.price;
  }
  if (money.price !== null) money.currency ??= options.currency;

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
    record: raw.record,
    ...(values.has("variantGroup") ? { variantGroup: cell("variantGroup") || null } : {}),
    ...originsOf(cell("pictureOrigins")),
    ...timesOf(cell("createdAt"), cell("updatedAt")),
  };
}

/** An amount in hundredths of the currency's unit, such as cents, as the amount in units. */
function hundredths(price: string): { price: string } | Problem {
  const [whole = "0", fraction = ""] = price.split(".");
  const digits = whole.padStart(3, "0");
  const decimals = `${digits.slice(-2)}${fraction}`.replace(/0+$/, "");
  if (decimals.length > 4) {
    const message = `The price "${price}" in hundredths has more than 4 decimals of a unit. Write a plain amount such as 1250.`;
    return { code: "ROW_BAD_PRICE", message };
  }
  const padded = decimals === "" ? "" : `.${decimals.padEnd(2, "0")}`;
  return { price: `${digits.slice(0, -2).replace(/^0+(?=\d)/, "")}${padded}` };
}

/** The export writes both; what somebody else wrote under these names says nothing of pictures and times here. */
function originsOf(text: string): { origins?: readonly (PictureOrigin | null)[] } {
  if (text === "") return {};
  try {
    return { origins: originsSchema.parse(JSON.parse(text)) };
  } catch {
    return {};
  }
}

function timesOf(created: string, updated: string): { times?: { createdAt: string; updatedAt: string } } {
  const createdAt = timeSchema.safeParse(created);
  const updatedAt = timeSchema.safeParse(updated);
  return createdAt.success && updatedAt.success
    ? { times: { createdAt: createdAt.data, updatedAt: updatedAt.data } }
    : {};
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
