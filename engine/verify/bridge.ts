import { geometryBetween } from "./between.ts";
import type { StoredPicture } from "./feature-bytes.ts";
import { carry, type Homography, inverse, type Place } from "./homography.ts";

/**
 * A photo that was added to a product shows a hand, a shelf and its neighbours, too, and lies over any other photo of that
 * shelf. Where a picture that shows the product alone is found in it, that says which part of it is the product.
 */

/** A catalogue picture of a product, with what is kept of it; null where nothing is. */
export interface CataloguePicture {
  sku: string;
  hash: string;
  stored: StoredPicture | null;
}

/** The product alone, inside a photo of it. */
export interface Bridge {
  /** Pixels of `alone` to pixels of the photo, as both were looked at for points. */
  matrix: Homography;
  alone: StoredPicture;
}

/** Share of its size that a product may reach beyond its picture: its geometry is not exact. */
const BEYOND = 0.05;
/** Answers of this thread that are remembered: one is a comparison of two pictures. */
const MOST_KNOWN = 2_000;

const known = new Map<string, { matrix: Homography; points: number } | null>();

/** Whether a picture shows its product on plain ground and nothing else. */
export const isAlone = ({ sketch }: StoredPicture): boolean => sketch.grey.includes(0);

async function foundIn(photo: CataloguePicture, alone: CataloguePicture) {
  if (photo.stored === null || alone.stored === null) return null;
  const key = `${photo.hash} ${alone.hash}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const { geometry } = await geometryBetween(photo.stored.features, alone.stored.features);
  const found = geometry && { matrix: geometry.matrix, points: geometry.agreeing.length };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

/** @returns null where none of the pictures is found in the photo: it shows the product from another side */
export async function bridgeOf(photo: CataloguePicture, alone: readonly CataloguePicture[]): Promise<Bridge | null> {
  let best: (Bridge & { points: number }) | null = null;
  for (const one of alone) {
    const found = await foundIn(photo, one);
    if (found === null || one.stored === null || found.points <= (best?.points ?? 0)) continue;
    best = { ...found, alone: one.stored };
  }
  return best;
}

/** Whether a place of the photo, in pixels, is one of the product. */
export function inProduct({ matrix, alone }: Bridge): (place: Place) => boolean {
  const back = inverse(matrix);
  if (back === null) return () => false;
  const { width, height } = alone.features;
  const within = (value: number, size: number) => value >= -BEYOND * size && value <= (1 + BEYOND) * size;
  return (place) => {
    const [x, y] = carry(back, place);
    return within(x, width) && within(y, height);
  };
}
