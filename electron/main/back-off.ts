/** Milliseconds to wait before a start, after so many that did not last: at once, then longer and longer, up to 30 s. */
export function backOffMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(30_000, 250 * 2 ** (failures - 2));
}
