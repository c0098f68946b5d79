import type { ProductQuery } from "../../../../shared/contract/catalog.ts";
import type { Product } from "../../../../shared/contract/domain.ts";
import { formatCount, formatPrice, formatTime } from "../../lib/format.ts";
import { type Message, msg } from "../../lib/i18n/i18n.ts";

/** The fields that a cell can be edited in. */
export type EditedField = "name" | "category" | "brand" | "price" | "currency" | "barcode" | "description";

export interface Column {
  id: string;
  label: Message;
  /** Pixels, until a person drags it. */
  width: number;
  sort?: ProductQuery["sort"];
  numeric?: boolean;
  edits?: EditedField;
  /** What a cell says; the product's name and its state are drawn by the row itself. */
  text(product: Product): string;
}

const attributesText = ({ attributes }: Product) =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");

export const COLUMNS: readonly Column[] = [
  { id: "name", label: msg("Product"), width: 240, sort: "name", edits: "name", text: ({ name }) => name },
  { id: "sku", label: msg("SKU"), width: 130, sort: "sku", text: ({ sku }) => sku },
  {
    id: "category",
    label: msg("Category"),
    width: 130,
    sort: "category",
    edits: "category",
    text: ({ category }) => category,
  },
  { id: "brand", label: msg("Brand"), width: 120, edits: "brand", text: ({ brand }) => brand },
  {
    ...{ id: "price", label: msg("Price"), width: 100, sort: "price", numeric: true, edits: "price" },
    text: ({ price, currency }) => formatPrice(price, currency),
  },
  { id: "currency", label: msg("Currency"), width: 90, edits: "currency", text: ({ currency }) => currency ?? "" },
  { id: "barcode", label: msg("Barcode"), width: 140, edits: "barcode", text: ({ barcode }) => barcode ?? "" },
  { id: "state", label: msg("State"), width: 105, text: ({ indexState }) => indexState },
  {
    id: "pictures",
    label: msg("Pictures"),
    width: 90,
    numeric: true,
    text: ({ pictures }) => formatCount(pictures.length),
  },
  {
    id: "description",
    label: msg("Description"),
    width: 260,
    edits: "description",
    text: ({ description }) => description,
  },
  { id: "attributes", label: msg("Attributes"), width: 220, text: attributesText },
  { id: "updated", label: msg("Changed"), width: 180, sort: "updated", text: ({ updatedAt }) => formatTime(updatedAt) },
] as const satisfies Column[];

export const SHOWN_AT_FIRST = ["name", "sku", "category", "brand", "price", "state"];

export const columnOf = (id: string): Column | undefined => COLUMNS.find((column) => column.id === id);
