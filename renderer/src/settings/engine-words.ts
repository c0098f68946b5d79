import { formatCount } from "../lib/format.ts";
import { i18n, type Message, msg, t } from "../lib/i18n/i18n.ts";

/** What the engine says of itself on the settings page, in the language of the pages. Its sentences are English. */

interface Sentence {
  said: RegExp;
  means: Message;
  /** What the groups of `said` are, in their order. */
  names: readonly string[];
}

const SENTENCES: readonly Sentence[] = [
  {
    said: /^(\d+) image vectors, (\d+) text vectors\.$/,
    means: msg("{images} image vectors, {texts} text vectors."),
    names: ["images", "texts"],
  },
  { said: /^(\d+) products in (.+)$/s, means: msg("{count} products in {place}"), names: ["count", "place"] },
  {
    said: /^class, colours and text, as the app recognises them$/,
    means: msg("class, colours and text, as the app recognises them"),
    names: [],
  },
  {
    said: /^(\d+) answers on (\d+) products of the sample catalogue and made sisters, made queries of nine kinds$/,
    means: msg("{answers} answers on {products} products of the sample catalogue, made queries of nine kinds"),
    names: ["answers", "products"],
  },
  {
    said: /^(\d+) queries made of (\d+) products of this catalogue, (\d+) judged photos$/,
    means: msg("{queries} queries made of {products} products of this catalogue, {photos} judged photos"),
    names: ["queries", "products", "photos"],
  },
];

/** @returns English as it was said; in another language its words, or, of a sentence that is not known, the engine's */
export function engineText(text: string): string {
  if (i18n.locale === "en") return text;
  for (const { said, means, names } of SENTENCES) {
    const found = said.exec(text);
    if (found === null) continue;
    const value = (part = "") => (/^\d+$/.test(part) ? formatCount(Number(part)) : part);
    return t(means, Object.fromEntries(names.map((name, at) => [name, value(found[at + 1])])));
  }
  return text;
}
