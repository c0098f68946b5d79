import type { Product } from "../../shared/contract/domain.ts";

/** Share of pictures whose text has nothing to do with the catalogue's words. */
const UNRELATED = 0.35;

/** A word that no product has: what a reader makes of a pattern, a foreign label or a neighbour's package. */
function noise(random: () => number): string {
  return Array.from({ length: 3 + Math.floor(random() * 6) }, () =>
    String.fromCharCode(97 + Math.floor(random() * 26)),
  ).join("");
}

/** What a package, or a person's note, might say of the product: a few of its words, now and then a wrong one. */
export function noteFor(product: Product, others: readonly Product[], random: () => number): string {
  const pick = (text: string, most: number) => {
    const words = text.split(/\s+/).filter((word) => word.length > 2);
    return words.sort(() => random() - 0.5).slice(0, 1 + Math.floor(random() * most));
  };
  const other = others[Math.floor(random() * others.length)] ?? product;
  const own =
    random() < 0.75 ? pick(`${product.name} ${product.brand} ${product.category}`, 3) : pick(product.description, 5);
  const wrong = random() < 0.2 ? pick(`${other.name} ${other.description}`, 2) : [];
  return [...own, ...wrong].join(" ");
}

/** What is read in a photo of the product: its words, or something else. */
export function readingFor(product: Product, others: readonly Product[], random: () => number): string {
  return random() < UNRELATED ? [noise(random), noise(random)].join(" ") : noteFor(product, others, random);
}
