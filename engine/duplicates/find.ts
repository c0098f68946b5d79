import pLimit from "p-limit";
import { productQuerySchema } from "../../shared/contract/catalog.ts";
import type { Product } from "../../shared/contract/domain.ts";
import type { Likeness } from "../../shared/contract/duplicates.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Collection } from "../index/port.ts";
import { wordsOf } from "../match/words.ts";
import { decodePicture } from "../picture/decode.ts";
import type { Sight } from "../sight/port.ts";
import { type Nearness, nearestPairs } from "./neighbours.ts";
import { barcodesOfArticle, signsOf, skusOf } from "./signs.ts";

interface FindOptions {
  catalog: Pick<Catalog, "allSkus" | "getMany" | "picture">;
  collection: Collection;
  sight: Pick<Sight, "compare">;
  onProgress(done: number, total: number): void;
  signal: AbortSignal;
}

/** What is known of two products' likeness; what the catalogue says of them is read when it is shown. */
export interface FoundLikeness extends Omit<Likeness, "products"> {
  skus: [string, string];
  /** Of each product, the one that was compared; null where it has none. */
  pictures: [string | null, string | null];
}

const PAGE = 500;
/** Pairs that are compared pixel by pixel, nearest first: up to a fifth of a second each, less where they share a picture. */
const MOST_COMPARED = 2_000;
/** Pairs that are kept for a person to look at. */
const MOST_FOUND = 1_000;
const AT_ONCE = 2;
const DETAIL_SIDE = 1280;
/** Points in one geometry that a shared shelf or a shared background does not give. */
const ENOUGH_INLIERS = 15;
/** Cosine from which pictures show one design, though too little of it has points. */
const NEAR = 0.92;

async function allProducts(catalog: FindOptions["catalog"]): Promise<Product[]> {
  const skus = await catalog.allSkus();
  const products: Product[] = [];
  for (let at = 0; at < skus.length; at += PAGE) products.push(...(await catalog.getMany(skus.slice(at, at + PAGE))));
  return products;
}

/** How likely the two are one, to put pairs in order; no probability. */
function weightOf({ samePicture, sameName, sameArticle, inliers, similarity }: FoundLikeness): number {
  const signs = Number(samePicture) + Number(sameName) / 2 + Number(sameArticle) / 2;
  return signs + Math.min(1, (inliers ?? 0) / 60) + (similarity ?? 0);
}

function isAlike({ samePicture, sameName, sameArticle, inliers, similarity }: FoundLikeness): boolean {
  if (samePicture || sameName || sameArticle) return true;
  return (inliers ?? 0) >= ENOUGH_INLIERS || (similarity ?? 0) >= NEAR;
}

/**
 * Pairs of products that may be one, or variants of one another, likeliest first: by their pictures' nearest neighbours
 * in the index, compared pixel by pixel, and by pictures, names and articles that they share.
 * @throws what the signal was aborted with; errors of the catalogue and the index
 */
export async function findLikenesses(options: FindOptions): Promise<FoundLikeness[]> {
  const { catalog, collection, onProgress, signal } = options;
  const products = await allProducts(catalog);
  const skus = products.map(({ sku }) => sku);
  // Looking for neighbours, then comparing: as much again, whatever there is to compare.
  const total = skus.length * 2;
  const nearest = await nearestPairs(collection, skus, (done) => onProgress(done, total), signal);
  return likenessesAmong(options, products, nearest, (share) =>
    onProgress(skus.length + Math.round(share * skus.length), total),
  );
}

/** Nearest products of a single one. */
const NEIGHBOURS_OF_ONE = 20;
/** Products that share words with it, of which some have its very name. */
const NAMESAKES = 100;

/**
 * The same for one product, without a look at all the others: those that are near its pictures, found by its name, or
 * have a barcode of its article.
 * @throws ShelfmatchError PRODUCT_NOT_FOUND; what the signal was aborted with; errors of the catalogue and the index
 */
export async function findLikenessesOf(
  options: Omit<FindOptions, "onProgress" | "catalog"> & {
    catalog: FindOptions["catalog"] & Pick<Catalog, "get" | "list" | "findByBarcode">;
  },
  sku: string,
): Promise<FoundLikeness[]> {
  const { catalog, collection, signal } = options;
  const product = await catalog.get(sku);
  const nearest = await nearestPairs(collection, [sku], () => undefined, signal, NEIGHBOURS_OF_ONE);
  const wanted = new Set([...nearest.keys()].flatMap(skusOf));
  const query = { text: product.name.slice(0, 500), sort: "relevance", pageSize: NAMESAKES, facets: false };
  for (const { sku: other } of (await catalog.list(productQuerySchema.parse(query))).items) wanted.add(other);
  for (const barcode of barcodesOfArticle(product)) {
    const other = await catalog.findByBarcode(barcode);
    if (other !== null) wanted.add(other.sku);
  }
  wanted.delete(sku);
  const others = await catalog.getMany([...wanted]);
  return likenessesAmong(options, [product, ...others], nearest, () => undefined, sku);
}

/** @param concerning the product that every pair has; left out: any two */
async function likenessesAmong(
  { catalog, sight, signal }: Pick<FindOptions, "catalog" | "sight" | "signal">,
  products: readonly Product[],
  nearest: ReadonlyMap<string, Nearness>,
  onShare: (share: number) => void,
  concerning?: string,
): Promise<FoundLikeness[]> {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const { samePicture, sameName, sameArticle } = signsOf(products);

  function begin(key: string): FoundLikeness | null {
    const [one, other] = skusOf(key).map((sku) => bySku.get(sku));
    if (one === undefined || other === undefined) return null;
    const near: Nearness | undefined = nearest.get(key);
    const shared = one.pictures.find(({ hash }) => other.pictures.some((picture) => picture.hash === hash));
    const pictureOf = (product: Product) =>
      shared?.hash ?? near?.pictures.get(product.sku) ?? product.pictures[0]?.hash ?? null;
    const words = wordsOf(other.name);
    return {
      skus: [one.sku, other.sku],
      pictures: [pictureOf(one), pictureOf(other)],
      samePicture: samePicture.has(key),
      similarity: shared === undefined ? (near?.similarity ?? null) : 1,
      inliers: null,
      points: [],
      sameName: sameName.has(key),
      sharedWords: [...wordsOf(one.name)].filter((word) => words.has(word)),
      sameArticle: sameArticle.has(key),
    };
  }
  const keys = new Set([...nearest.keys(), ...samePicture, ...sameName, ...sameArticle]);
  const concerned = [...keys].filter((key) => concerning === undefined || skusOf(key).includes(concerning));
  const begun = concerned.flatMap((key) => begin(key) ?? []).sort((a, b) => weightOf(b) - weightOf(a));
  const compared = begun.filter((pair) => !pair.samePicture && !pair.pictures.includes(null)).slice(0, MOST_COMPARED);

  const limit = pLimit(AT_ONCE);
  let done = 0;
  /** Pairs of one picture: its points are found once for all of them, which is most of the work. */
  async function compare(hash: string, pairs: readonly FoundLikeness[]): Promise<void> {
    signal.throwIfAborted();
    const { bytes } = await catalog.picture(hash, "full");
    const picture = await decodePicture(bytes, { name: `a picture of ${pairs[0]?.skus[0]}`, side: DETAIL_SIDE });
    const others = pairs.flatMap(({ pictures: [, other], skus: [, sku] }) =>
      other === null ? [] : [{ sku, hash: other }],
    );
    const results = await sight.compare(picture, others, signal);
    for (const [at, pair] of pairs.entries()) {
      const result = results[at];
      if (result) Object.assign(pair, { inliers: result.inliers, points: result.points });
    }
    done += pairs.length;
    onShare(done / compared.length);
  }
  const byPicture = Map.groupBy(compared, ({ pictures }) => pictures[0] ?? "");
  await Promise.all(
    [...byPicture].map(([hash, pairs]) =>
      limit(() =>
        compare(hash, pairs).catch((error: unknown) => {
          // A picture that can't be read costs its comparisons, not the search.
          if (signal.aborted) throw error;
        }),
      ),
    ),
  );
  return begun
    .filter(isAlike)
    .sort((a, b) => weightOf(b) - weightOf(a))
    .slice(0, MOST_FOUND);
}
