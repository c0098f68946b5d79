import type { PictureDescription, PictureWords } from "../../../shared/contract/describe.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

/** A description as a person reads and writes it: one line a field, several values with commas or one a line. */

export interface WordFields {
  caption: string;
  category: string;
  colours: string;
  material: string;
  brand: string;
  text: string;
}

export const FIELD_LABELS: Record<keyof PictureWords, Message> = {
  caption: msg("Caption"),
  category: msg("Category"),
  colours: msg("Colours"),
  material: msg("Material"),
  brand: msg("Brand"),
  text: msg("Text on it"),
};

/** What is not as long as the contract takes it is refused where it is typed. */
export const FIELD_LENGTHS: Record<keyof PictureWords, number> = {
  caption: 400,
  category: 80,
  colours: 240,
  material: 80,
  brand: 80,
  text: 1400,
};

export function fieldsOf({ colours, text, ...words }: PictureWords): WordFields {
  return { ...words, colours: colours.join(", "), text: text.join("\n") };
}

const parts = (value: string, separator: RegExp, most: number, length: number) =>
  [...new Set(value.split(separator).map((part) => part.trim().slice(0, length)))]
    .filter((part) => part !== "")
    .slice(0, most);

export function wordsOf({ caption, category, colours, material, brand, text }: WordFields): PictureWords {
  return {
    ...{ caption: caption.trim(), category: category.trim(), material: material.trim(), brand: brand.trim() },
    ...{ colours: parts(colours, /[,;\n]/, 6, 40), text: parts(text, /\n/, 12, 120) },
  };
}

export const isBlank = (words: PictureWords): boolean => Object.values(words).every((value) => value.length === 0);

const BY: Record<PictureDescription["by"], Message> = {
  app: msg("Put together from what was recognised and read"),
  model: msg("Described by"),
  user: msg("Corrected by you"),
};

/** Who says it; of a model its name, without the hash that only the journal needs. */
export function byLine({ by, fingerprint }: PictureDescription): string {
  return by === "model" ? `${t(BY.model)} ${fingerprint.replace(/-p\d+-[0-9a-f]{8}$/, "")}` : t(BY[by]);
}
