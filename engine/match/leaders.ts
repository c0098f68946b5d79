import type { Product } from "../../shared/contract/domain.ts";
import { type Evidence, UNSEEN } from "./evidence.ts";

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
 * than the one that the points are on, or a photo among whose surroundings only a product's first picture tells it.
 */
export function picturesToCompare(
  leaders: readonly Evidence[],
  known: ReadonlyMap<string, Pick<Product, "pictures">>,
): ComparedPicture[] {
  const nearest = leaders.flatMap(({ sku, pictureHash }) => (pictureHash === null ? [] : [{ sku, hash: pictureHash }]));
  const others = nearest.map(({ sku, hash }) => {
    const all = (known.get(sku)?.pictures ?? []).map((picture) => ({ sku, hash: picture.hash }));
    return { all: all.filter((picture) => picture.hash !== hash), first: all.slice(0, 1) };
  });
  const firsts = others.flatMap(({ all, first }) => first.filter((one) => all.includes(one)));
  const further = others
    .slice(0, WITH_ALL)
    .flatMap(({ all }) => all.slice(0, MOST_EACH - 1).filter((one) => !firsts.includes(one)));
  return [...nearest, ...firsts, ...further].slice(0, MOST);
}

/** What was seen when pictures were compared; null where one could not be. */
export type Compared = Pick<Evidence, "points" | "agreement" | "same" | "differences" | "surrounded"> & {
  inliers: number;
};

/**
 * What a picture says for its product: about as the calibration weighs points and the print. Where nobody looked, the print is
 * taken for a sister's.
 */
const weightOf = ({ inliers, same }: Pick<Compared, "same"> & { inliers: number | null }) =>
  inliers === null ? Number.NEGATIVE_INFINITY : inliers === 0 ? -100 : 1.2 * Math.log1p(inliers) + (same ?? UNSEEN);

/** Gives every product what its best picture says; the nearest where none has any points. */
export function addCompared(
  pool: Map<string, Evidence>,
  pictures: readonly ComparedPicture[],
  compared: readonly (Compared | null | undefined)[],
): void {
  pictures.forEach(({ sku, hash }, index) => {
    const result = compared[index];
    const before = pool.get(sku);
    if (!result || before === undefined) return;
    // The nearest comes first.
    const known = before.pictureHash === hash ? { ...before, surrounded: result.surrounded } : before;
    const { inliers, points, agreement, same, differences } = result;
    const isBetter = weightOf(known) < weightOf(result);
    pool.set(sku, isBetter ? { ...known, pictureHash: hash, inliers, points, agreement, same, differences } : known);
  });
}
