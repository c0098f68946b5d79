import type { BulkChanges } from "../../shared/contract/bulk.ts";
import { type Product, type ProductDraft, priceSchema, productDraftSchema } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { priceUnits } from "../catalog/money.ts";

/** What a bulk edit makes of one product. Money is counted exactly, in 1/10000 of the currency's main unit. */

const UNIT = 10_000n;
const CENT = 100n;

/** Signed, as `-2.50`. */
function signedUnits(value: string): bigint {
  const units = priceUnits(value.replace(/^[+-]/, ""));
  return value.startsWith("-") ? -units : units;
}

/** With two decimals, or more where the amount has them. */
function toPrice(units: bigint): string {
  const fraction = (units % UNIT)
    .toString()
    .padStart(4, "0")
    .replace(/0{1,2}$/, "");
  return `${units / UNIT}.${fraction}`;
}

/** Half up, to whole cents. */
function roundToCents(units: bigint): bigint {
  return ((units + CENT / 2n) / CENT) * CENT;
}

function priceAfter(product: Product, change: NonNullable<BulkChanges["price"]>): string | null {
  if (change.by === "set") return change.value;
  if (product.price === null) return null;
  const now = priceUnits(product.price);
  const by = signedUnits(change.value);
  const exact = change.by === "amount" ? now + by : (now * (100n * UNIT + by)) / (100n * UNIT);
  const units = change.by === "amount" || exact < 0n ? exact : roundToCents(exact);
  const price = units < 0n ? null : toPrice(units);
  if (price !== null && priceSchema.safeParse(price).success) return price;
  const message = `The price of ${product.sku} would become ${units < 0n ? "less than nothing" : "too large"}: it stays ${product.price}.`;
  throw new ShelfmatchError("INVALID_INPUT", message);
}

/** @throws ShelfmatchError INVALID_INPUT where the product can't be changed so */
export function edited(product: Product, changes: BulkChanges): ProductDraft {
  const draft = productDraftSchema.parse(product);
  const attributes = { ...draft.attributes };
  for (const [name, value] of Object.entries(changes.attributes ?? {})) {
    if (value === null) delete attributes[name];
    else attributes[name] = value;
  }
  const price = changes.price === undefined ? draft.price : priceAfter(product, changes.price);
  const currency = changes.currency ?? draft.currency;
  if (price !== null && currency === null && draft.price === null) {
    throw new ShelfmatchError("INVALID_INPUT", `${product.sku} has no currency: set one with its price.`);
  }
  return {
    ...draft,
    ...{ price, currency, attributes },
    category: changes.category ?? draft.category,
    brand: changes.brand ?? draft.brand,
  };
}
