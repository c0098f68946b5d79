import type { Product } from "../../shared/contract/domain.ts";
import type { Evidence } from "./evidence.ts";

/** A picture that is compared point by point for its product. */
export interface ComparedPicture {
  sku: string;
  hash: string;
}

/** Products whose further pictures are compared, too; of the others only the one that the search brought up. */
const WITH_ALL = 8;
/** Pictures of one product. */
const MOST_EACH = 4;
/** Pictures in all: a comparison costs a third of an encoder's pass. */
const MOST = 48;

/**
 * What to compare for the first candidates. The picture that is nearest by its embedding is often another side of the thing
 * than the one that the points are on.
 */
export function picturesToCompare(
  leaders: readonly Evidence[],
  known: ReadonlyMap<string, Pick<Product, "pictures">>,
): ComparedPicture[] {
  const nearest = leaders.flatMap(({ sku, pictureHash }) => (pictureHash === null ? [] : [{ sku, hash: pictureHash }]));
  const further = nearest.slice(0, WITH_ALL).flatMap(({ sku, hash }) =>
    (known.get(sku)?.pictures ?? [])
      .filter((picture) => picture.hash !== hash)
      .slice(0, MOST_EACH - 1)
      .map((picture) => ({ sku, hash: picture.hash })),
  );
  return [...nearest, ...further].slice(0, MOST);
}

/** What was seen when pictures were compared; null where one could not be. */
export type Compared = Pick<Evidence, "points" | "agreement" | "same"> & { inliers: number };

/** Gives every product what its best picture says: the one with the most points; the nearest where none has any. */
export function addCompared(
  pool: Map<string, Evidence>,
  pictures: readonly ComparedPicture[],
  compared: readonly (Compared | null | undefined)[],
): void {
  pictures.forEach(({ sku, hash }, index) => {
    const result = compared[index];
    const known = pool.get(sku);
    if (!result || known === undefined) return;
    if (known.inliers !== null && known.inliers >= result.inliers) return;
    const { inliers, points, agreement, same } = result;
    pool.set(sku, { ...known, pictureHash: hash, inliers, points, agreement, same });
  });
}
