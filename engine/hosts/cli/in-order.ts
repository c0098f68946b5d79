/**
 * Works on a bounded number of items at once and yields what comes of them in the order of the items.
 * `work` reports its failures as values: the others go on.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underway: Promise<R>[] = [];
  for (const item of items) {
    underway.push(work(item));
    const first = underway.length >= atOnce ? underway.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const rest of underway) yield await rest;
}
