import type { Catalog } from "../catalog/port.ts";
import type { PictureTextEncoder, TextEncoder } from "../encode/port.ts";
import { fitsFilter } from "../index/filter.ts";
import type { Collection, Hit, IndexFilter } from "../index/port.ts";
import { blankEvidence, type Evidence } from "./evidence.ts";
import type { KnownProducts } from "./known-products.ts";
import type { QueryEncoder } from "./query-encoder.ts";
import { compareWords } from "./words.ts";

/** Vectors, and the encoders that they were made with: only ever taken together. */
export interface Searched {
  /** Of the picture encoder. */
  fingerprint: string;
  collection: Collection;
  queryEncoder: QueryEncoder;
  textEncoder: TextEncoder;
  /** Of the image encoder's space. */
  pictureText: PictureTextEncoder;
}

interface CompareTextOptions {
  searched: Searched;
  filter: IndexFilter | undefined;
  signal: AbortSignal | undefined;
  /** Whether products that only the text finds join the candidates. */
  join: boolean;
  products: KnownProducts;
}

/** Products that a search brings up for the later stages to choose from. */
export const BREADTH = 24;
/** A text search goes deeper: it also says how near the texts of those are that the picture brought up. */
export const TEXT_BREADTH = 200;

/** Finds what barcodes and words say of products. */
export function createEvidenceFinder(catalog: Catalog) {
  /** Products of a picture's or a typed barcode, exactly. */
  async function byBarcode(codes: readonly string[], filter: IndexFilter | undefined): Promise<Evidence[]> {
    const found = await Promise.all(codes.map(async (code) => ({ code, product: await catalog.findByBarcode(code) })));
    return found.flatMap(({ code, product }) =>
      product === null || !fitsFilter(product, filter) ? [] : [{ ...blankEvidence(product.sku), barcode: code }],
    );
  }

  /** Adds the text side to the candidates: nearest product texts, and a comparison with those the picture found. */
  async function compareText(
    pool: Map<string, Evidence>,
    text: string,
    words: ReadonlySet<string>,
    { searched: { textEncoder, collection }, filter, signal, join, products }: CompareTextOptions,
  ): Promise<void> {
    const abort = signal === undefined ? {} : { signal };
    const [vector] = await textEncoder.encode([text], { priority: "interactive", ...abort });
    if (vector === undefined) return;
    const request = { name: "text" as const, vector, limit: TEXT_BREADTH, ...(filter ? { filter } : {}), ...abort };
    for (const [place, hit] of (await collection.search(request)).entries()) {
      const known = pool.get(hit.sku);
      if (known !== undefined) pool.set(hit.sku, { ...known, text: hit.similarity });
      else if (join && place < BREADTH) pool.set(hit.sku, { ...blankEvidence(hit.sku), text: hit.similarity });
    }
    const known = await products([...pool.keys()]);
    for (const [sku, evidence] of pool) {
      const product = known.get(sku);
      if (product === undefined) continue;
      const { shared, overlap } = compareWords(words, product);
      pool.set(sku, { ...evidence, overlap, sharedWords: shared });
    }
  }

  /**
   * The products whose pictures fit the words best, by one of their pictures; null where nothing has words find pictures.
   * @throws ShelfmatchError SERVICE_* and others of the encoder and the index
   */
  async function byPictures(
    text: string,
    {
      searched: { pictureText, collection },
      filter,
      signal,
    }: Pick<CompareTextOptions, "searched" | "filter" | "signal">,
  ): Promise<Hit[] | null> {
    const abort = signal === undefined ? {} : { signal };
    const [vector] = (await pictureText.encode([text], { priority: "interactive", ...abort })) ?? [];
    if (vector === undefined) return null;
    return collection.search({
      ...{ name: "image" as const, vector, limit: TEXT_BREADTH, ...(filter ? { filter } : {}), ...abort },
    });
  }

  return { byBarcode, compareText, byPictures };
}
