import type { Agreement } from "../verify/agreement.ts";
import type { Evidence } from "./evidence.ts";

/** What a candidate's picture says when it is laid over the photo, alone and beside its rivals', as features. */

/**
 * `shape`: how well it agrees where it lies, 0..1. `shapeBeaten`, `colourBeaten`: by how much the rival that explains the same
 * places best explains them better, 0 or less. How far its colours are off by themselves, and how much of the photo it covers,
 * said nothing more on photos taken at a shelf (docs/decisions/0022).
 */
export const OVERLAID = ["shape", "shapeBeaten", "colourBeaten"] as const;

/** Of the lesser of two, the share of places that they must have in common to be rivals there. */
const COMMON = 0.3;
const FEWEST = 8;
/**
 * Of a candidate's points, the share that a rival must have. Where points differ by more, they tell the two apart by themselves;
 * what lies over a photo by six points, beside 134 of the other, lies there by chance and may agree better all the same.
 */
const RIVAL_POINTS = 0.4;

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Means over the places that two pictures both lie on, of how much better the first agrees; null where they hardly meet. */
function lead(one: Agreement, other: Agreement): { shape: number; colour: number } | null {
  let count = 0;
  let shape = 0;
  let colour = 0;
  for (let i = 0, j = 0; i < one.cells.length && j < other.cells.length; ) {
    const [a, b] = [one.cells[i] as number, other.cells[j] as number];
    if (a === b) {
      count++;
      shape += (one.shape[i] as number) - (other.shape[j] as number);
      colour += (other.colour[j] as number) - (one.colour[i] as number);
    }
    if (a <= b) i++;
    if (b <= a) j++;
  }
  if (count < Math.max(FEWEST, COMMON * Math.min(one.cells.length, other.cells.length))) return null;
  return { shape: shape / count, colour: colour / count };
}

/** A column a feature, in the candidates' order; zeros for those that no geometry lays over the photo. */
export function overlaidColumns(candidates: readonly Evidence[]): Record<(typeof OVERLAID)[number], number[]> {
  const rows = candidates.map(({ agreement, pictureHash, inliers }, index) => {
    if (agreement === null) return { shape: 0, shapeBeaten: 0, colourBeaten: 0 };
    let shapeBeaten = 0;
    let colourBeaten = 0;
    candidates.forEach((other, at) => {
      // Variants that share a picture agree alike: neither beats the other.
      if (at === index || other.agreement === null || other.pictureHash === pictureHash) return;
      if ((other.inliers ?? 0) < RIVAL_POINTS * (inliers ?? 0)) return;
      const by = lead(agreement, other.agreement);
      shapeBeaten = Math.min(shapeBeaten, by?.shape ?? 0);
      colourBeaten = Math.min(colourBeaten, by?.colour ?? 0);
    });
    return { shape: mean(agreement.shape), shapeBeaten, colourBeaten };
  });
  return {
    shape: rows.map((row) => row.shape),
    shapeBeaten: rows.map((row) => row.shapeBeaten),
    colourBeaten: rows.map((row) => row.colourBeaten),
  };
}
