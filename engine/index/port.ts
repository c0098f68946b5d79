import type { RemoteHealth } from "../lib/remote/remote-service.ts";

/** Port of the vector index. Adapters: `embedded/`, `qdrant/`. */

export type VectorName = "image" | "text";

export interface CollectionSpec {
  /** Encoder fingerprint and vector length of each named vector. */
  image: { fingerprint: string; dimensions: number };
  text: { fingerprint: string; dimensions: number };
}

/** What filters look at; kept with every point. */
export interface PointPayload {
  sku: string;
  /** The catalogue picture the vector was made of; null for the product's text. */
  pictureHash: string | null;
  category: string;
  brand: string;
  /** Price in the currency's main unit; null where unknown. Exact money is the catalogue's; this serves ranges only. */
  price: number | null;
  currency: string | null;
}

export interface Point {
  /** Stable: the same picture view or text of the same product always has the same id. */
  id: string;
  /** float32, L2-normalised; one vector a point, under its name. */
  vector: { name: VectorName; values: Float32Array };
  payload: PointPayload;
}

/** All points of a product. */
export interface ProductPoints {
  sku: string;
  points: readonly Point[];
}

export interface IndexFilter {
  category?: readonly string[];
  brand?: readonly string[];
  priceMin?: number;
  priceMax?: number;
  currency?: string;
  /** Products to leave out (evaluation leaves one out). */
  excludeSkus?: readonly string[];
}

export interface SearchRequest {
  name: VectorName;
  /** float32 [dimensions of `name`], L2-normalised. */
  vector: Float32Array;
  /** Products wanted, at most. */
  limit: number;
  filter?: IndexFilter;
  signal?: AbortSignal;
}

/** A product, by the best of its points. */
export interface Hit {
  sku: string;
  /** Cosine of the best point, -1..1. */
  similarity: number;
  pictureHash: string | null;
}

export interface IndexHealth {
  state: "ready" | "degraded" | "down";
  detail: string;
  /** Where a service of the stack stands behind it. */
  remote?: RemoteHealth;
}

/** One set of vectors of one pair of fingerprints. */
export interface Collection {
  readonly spec: CollectionSpec;
  /**
   * Writes the product's points and removes every other point of it: the product's vectors become exactly these.
   * Durable when it resolves.
   * @throws ShelfmatchError DIMENSION_MISMATCH
   */
  replaceProducts(products: readonly ProductPoints[]): Promise<void>;
  deleteProducts(skus: readonly string[]): Promise<void>;
  /** Best products first, one hit a product. */
  search(request: SearchRequest): Promise<Hit[]>;
  /** Points by vector name. */
  count(): Promise<Record<VectorName, number>>;
  /**
   * The points of these products as they are stored, in the order asked; products without points are left out. Vectors
   * come in the precision that they are stored in.
   */
  read(skus: readonly string[]): Promise<ProductPoints[]>;
  /** Every SKU that has points, for the reconciler. */
  skus(): Promise<Set<string>>;
}

export interface VectorIndex {
  /** Opens the collection of these fingerprints, making it where there is none. */
  open(spec: CollectionSpec): Promise<Collection>;
  /** The collection that is searched, as `activate` last said; null where it never did, or that one was dropped. */
  active(): Promise<CollectionSpec | null>;
  /** Makes this collection the one that is searched. One step: whatever happens, it is the old one or this one. */
  activate(spec: CollectionSpec): Promise<void>;
  /** Removes a collection that is no longer searched. */
  drop(spec: CollectionSpec): Promise<void>;
  list(): Promise<CollectionSpec[]>;
  health(): Promise<IndexHealth>;
  close(): Promise<void>;
}
