import type { Product } from "../../shared/contract/domain.ts";
import type { Decision, Likeness, SearchState } from "../../shared/contract/duplicates.ts";

/** Products that may be one, or variants of one another. */
export interface Duplicates {
  /** Starts a search, unless one is running. @throws ShelfmatchError INVALID_INPUT on fewer than two products */
  search(): Promise<SearchState>;
  /** The same as `state` without what was found: at once. */
  progress(): Omit<SearchState, "found">;
  state(): Promise<SearchState>;
  cancel(): Promise<SearchState>;
  list(query: { page: number; pageSize: number }): Promise<{ items: Likeness[]; total: number }>;
  /** Pairs that this product may be in and nobody has decided, looked for now. @throws ShelfmatchError PRODUCT_NOT_FOUND */
  of(sku: string, signal?: AbortSignal): Promise<Likeness[]>;
  /** @throws ShelfmatchError PRODUCT_NOT_FOUND, INVALID_INPUT */
  merge(into: string, from: string): Promise<{ product: Product; decision: string }>;
  /** @returns the decision's id. @throws ShelfmatchError PRODUCT_NOT_FOUND */
  distinct(skus: readonly string[]): Promise<string>;
  /** @throws ShelfmatchError PRODUCT_NOT_FOUND */
  variants(skus: readonly string[]): Promise<{ group: string; skus: string[] }>;
  /** @throws ShelfmatchError PRODUCT_NOT_FOUND */
  apart(sku: string): Promise<void>;
  /** Empty where it has no variants. @throws ShelfmatchError PRODUCT_NOT_FOUND */
  group(sku: string): Promise<Product[]>;
  decisions(): Promise<Decision[]>;
  /** @returns the products that it was about. @throws ShelfmatchError DECISION_NOT_FOUND, PRODUCT_EXISTS, BARCODE_TAKEN */
  undo(id: string): Promise<string[]>;
}
