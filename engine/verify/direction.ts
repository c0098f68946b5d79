const QUARTER = Math.PI / 2;

/**
 * The angle of a gradient, as Math.atan2 gives it, to 0.00001 radians, in a quarter of its time: it is asked of a million
 * places a picture. The polynomial is Abramowitz and Stegun's, Handbook of Mathematical Functions, 4.4.49.
 * @returns radians, -pi..pi
 */
export function directionOf(y: number, x: number): number {
  const across = Math.abs(x);
  const up = Math.abs(y);
  const larger = Math.max(across, up);
  if (larger === 0) return 0;
  const ratio = Math.min(across, up) / larger;
  const square = ratio * ratio;
  const flat =
    ratio * (0.999866 + square * (-0.3302995 + square * (0.180141 + square * (-0.085133 + square * 0.0208351))));
  const first = across > up ? flat : QUARTER - flat;
  const half = x < 0 ? Math.PI - first : first;
  return y < 0 ? -half : half;
}
