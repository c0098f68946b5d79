import type { Product } from "../../shared/contract/domain.ts";
import { seededRandom } from "./metrics.ts";
import { SEVERITIES, type Severity, TRANSFORMATIONS, type Transformation } from "./transformations.ts";

/** Which queries to make of a catalogue: what is drawn here can be drawn again from the same seed. */

export interface MadeQuery {
  product: Product;
  picture: string;
  /** The picture in the background. */
  behind: string | null;
  /** The products that it shows: left out of the search, being in the query as much as the one that is asked for. */
  alsoShown: string[];
  transformation: Transformation;
  severity: Severity;
  seed: number;
}

/** Those that show another product as well. */
const WITH_OTHERS: ReadonlySet<Transformation> = new Set(["background", "shelf", "small"]);

/** Up to this many products every one gets every transformation; beyond, a transformation each in turn. */
const EVERY_TRANSFORMATION = 200;

/** @returns `count` of the values, chosen by the seeded generator (Fisher and Yates) */
export function sample<T>(values: readonly T[], count: number, random: () => number): T[] {
  const pool = [...values];
  for (let i = pool.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swap = pool[i];
    if (swap !== undefined && pool[j] !== undefined) [pool[i], pool[j]] = [pool[j], swap];
  }
  return pool.slice(0, count);
}

/** Every severity of a transformation comes as often as the others. */
export function planQueries(
  products: readonly Product[],
  seed: number,
  wanted: readonly Transformation[] = TRANSFORMATIONS,
): MadeQuery[] {
  const random = seededRandom(seed);
  const pictures = products.flatMap((product) => product.pictures.map((picture) => picture.hash));
  const showing = Map.groupBy(
    products.flatMap(({ sku, pictures: own }) => own.map(({ hash }) => ({ sku, hash }))),
    ({ hash }) => hash,
  );
  const made = new Map<Transformation, number>();
  return products.flatMap((product, index) => {
    const kinds =
      products.length <= EVERY_TRANSFORMATION ? wanted : wanted.filter((_, kind) => kind === index % wanted.length);
    return kinds.flatMap((transformation): MadeQuery[] => {
      const picture = product.pictures[Math.floor(random() * product.pictures.length)];
      const behind = pictures[Math.floor(random() * pictures.length)] ?? null;
      if (picture === undefined) return [];
      const turn = made.get(transformation) ?? wanted.indexOf(transformation);
      made.set(transformation, turn + 1);
      const own = product.pictures.some((one) => one.hash === behind);
      const shown = own || !WITH_OTHERS.has(transformation) || behind === null ? [] : (showing.get(behind) ?? []);
      return [
        {
          product,
          picture: picture.hash,
          behind: own ? null : behind,
          alsoShown: [...new Set(shown.map(({ sku }) => sku))],
          transformation,
          severity: SEVERITIES[turn % SEVERITIES.length] ?? "medium",
          seed: Math.floor(random() * 2 ** 31),
        },
      ];
    });
  });
}
