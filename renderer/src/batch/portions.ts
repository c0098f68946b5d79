const MOST_FILES = 40;
const MOST_BYTES = 96 * 1024 * 1024;

/** Parts of an upload that are quick to send and to take in; a large file goes alone. */
export function* portions<T extends { size: number }>(files: readonly T[]): Generator<T[]> {
  let portion: T[] = [];
  let bytes = 0;
  for (const file of files) {
    if (portion.length > 0 && (portion.length === MOST_FILES || bytes + file.size > MOST_BYTES)) {
      yield portion;
      [portion, bytes] = [[], 0];
    }
    portion.push(file);
    bytes += file.size;
  }
  if (portion.length > 0) yield portion;
}
