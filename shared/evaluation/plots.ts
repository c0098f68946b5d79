import type { SystemReport } from "../contract/evaluation-report.ts";

/** Geometry of the plots: what the page draws as elements, and the report's file as text. */

/** A square of data from 0 to 1 both ways, within a drawing of `size` by `size`. */
export const PLOT = { size: 260, left: 40, top: 10, side: 210 } as const;
export const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;

const round = (value: number) => Math.round(value * 10) / 10;
export const atX = (x: number) => round(PLOT.left + x * PLOT.side);
export const atY = (y: number) => round(PLOT.top + (1 - y) * PLOT.side);

/** An SVG path through points of 0..1; empty without any. */
export function linePath(points: readonly { x: number; y: number }[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${atX(x)} ${atY(y)}`).join(" ");
}

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Two histograms over the same bins, bars side by side, each as a share of its own answers. */
export function scoreBars(scores: NonNullable<SystemReport["curves"]["scores"]>): { present: Bar[]; absent: Bar[] } {
  const shares = (counts: readonly number[]) => {
    const total = Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
    return counts.map((count) => count / total);
  };
  const [present, absent] = [shares(scores.present), shares(scores.absent)];
  const most = Math.max(...present, ...absent, 1e-9);
  const bars = (own: readonly number[], half: 0 | 1) =>
    own.map((share, bin): Bar => {
      const width = PLOT.side / own.length / 2;
      const height = (share / most) * PLOT.side;
      return {
        x: round(PLOT.left + (bin * 2 + half) * width),
        y: round(PLOT.top + PLOT.side - height),
        width: round(Math.max(1, width - 0.5)),
        height: round(height),
      };
    });
  return { present: bars(present, 0), absent: bars(absent, 1) };
}

export interface Mark {
  x: number;
  y: number;
  /** Pixels; grows with the answers behind it. */
  radius: number;
}

/** What was said against what was right. */
export function reliabilityMarks(bins: SystemReport["curves"]["reliability"]): Mark[] {
  const most = Math.max(1, ...bins.map(({ n }) => n));
  return bins.map(({ confidence, right, n }) => ({
    x: atX(confidence),
    y: atY(right),
    radius: round(3 + 6 * Math.sqrt(n / most)),
  }));
}
