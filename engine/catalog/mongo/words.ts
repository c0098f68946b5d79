import type { Document } from "mongodb";
import type { ProductDraft } from "../../../shared/contract/domain.ts";
import { barcodeKey } from "../barcode.ts";
import { foldText } from "../fold.ts";

/**
 * The words of a product, weighted, under an index of their own. MongoDB's text index knows whole words only; people look
 * for `red boo` while they type, which an index over the words answers as a range. The weights are made as the text
 * index makes them (src/mongo/db/fts/fts_spec.cpp of the server): once, when the product is written.
 */

const WEIGHTS = { sku: 8, name: 10, brand: 5, category: 4, description: 1, barcode: 8 };
/** Words of a text that are looked for; the rest of a longer text is left out. */
const QUERY_WORDS = 32;

export interface WeightedWord {
  word: string;
  weight: number;
}

export function wordsOf(text: string): string[] {
  return foldText(text).match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}

/**
 * @returns the product's words with their weights over all fields, and all of them in their order: a line a field, each
 *   word with a blank before it
 */
export function indexedText(draft: ProductDraft): { words: WeightedWord[]; wordLines: string } {
  const barcode = draft.barcode === null ? "" : `${draft.barcode} ${barcodeKey(draft.barcode)}`;
  const total = new Map<string, number>();
  const lines: string[] = [];
  for (const [field, weight] of Object.entries(WEIGHTS) as [keyof typeof WEIGHTS, number][]) {
    const words = wordsOf(field === "barcode" ? barcode : draft[field]);
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      // Every further occurrence counts half of the one before; a word counts more in a short field.
      const frequency = 2 - 2 ** (1 - count);
      const added = weight * frequency * (0.5 + (0.5 * count) / words.length);
      total.set(word, (total.get(word) ?? 0) + added);
    }
    lines.push(words.map((word) => ` ${word}`).join(""));
  }
  return {
    words: [...total].map(([word, weight]) => ({ word, weight: Math.round(weight * 1000) / 1000 })),
    wordLines: lines.join("\n"),
  };
}

/**
 * All words, each as a prefix; what is written together (`S-10`) is looked for together. Only letters and digits of the
 * text come through, so nothing that a person types is read as a pattern.
 * @returns null where there is no text, [] where the text has no word at all
 */
export function queryChunks(text: string | undefined): string[][] | null {
  if (text === undefined || text.trim() === "") return null;
  return text
    .trim()
    .split(/\s+/)
    .map(wordsOf)
    .filter((words) => words.length > 0)
    .slice(0, QUERY_WORDS);
}

export function textFilter(chunks: readonly string[][]): Document[] {
  const filters: Document[] = [];
  for (const words of chunks) {
    const last = words.at(-1) ?? "";
    filters.push({ "words.word": new RegExp(`^${last}`) });
    if (words.length === 1) continue;
    for (const word of words.slice(0, -1)) filters.push({ "words.word": word });
    filters.push({ wordLines: new RegExp(` ${words.join(" ")}`) });
  }
  return filters;
}

/** Expression: the weights of all words that one of the chunks begins, summed. */
export function relevance(chunks: readonly string[][]): Document {
  const prefixes = [...new Set(chunks.flat())];
  // As a range: comparing is a tenth of the work of looking into each word.
  const begins = prefixes.map((prefix) => ({
    $and: [{ $gte: ["$$one.word", prefix] }, { $lt: ["$$one.word", `${prefix}\u{10ffff}`] }],
  }));
  const hits = { $filter: { input: "$words", as: "one", cond: { $or: begins } } };
  return { $sum: { $map: { input: hits, as: "hit", in: "$$hit.weight" } } };
}
