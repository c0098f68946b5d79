import { createHash } from "node:crypto";
import { type PictureWords, pictureWordsSchema } from "../../shared/contract/describe.ts";

/** What becomes of the words for a picture: text to search by, and a draft of a product's description. */

type Limits = { [Field in keyof PictureWords]: { length: number; items?: number } };

/** The schema's own limits: an adapter keeps to them, however long its model went on. */
const LIMITS: Limits = {
  caption: { length: 400 },
  category: { length: 80 },
  colours: { length: 40, items: 6 },
  material: { length: 80 },
  brand: { length: 80 },
  text: { length: 120, items: 12 },
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is kept out
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;
/** Half of a character that two units make. */
const HALF = /[\ud800-\udbff]$/;

function line(text: string, length: number): string {
  const whole = text.toWellFormed().replace(CONTROL, " ").replace(/\s+/g, " ").trim();
  return whole.slice(0, length).replace(HALF, "").trim();
}

/** Each line once, without blank ones, within the schema's limits. */
export function tidyWords(words: PictureWords): PictureWords {
  const lines = (field: "colours" | "text") => {
    const { length, items } = LIMITS[field];
    const all = words[field].map((text) => line(text, length)).filter((text) => text !== "");
    return [...new Set(all)].slice(0, items);
  };
  const one = (field: "caption" | "category" | "material" | "brand") => line(words[field], LIMITS[field].length);
  return pictureWordsSchema.parse({
    caption: one("caption"),
    category: one("category"),
    colours: lines("colours"),
    material: one("material"),
    brand: one("brand"),
    text: lines("text"),
  });
}

export const saysNothing = (words: PictureWords): boolean =>
  Object.values(words).every((value) => (typeof value === "string" ? value.trim() === "" : value.length === 0));

/** What the text encoder is given: the telling parts first, as of a product (`match/words.ts`). */
export function textOfWords({ caption, category, colours, material, brand, text }: PictureWords): string {
  const parts = [caption.replace(/\.$/, ""), brand, category, colours.join(" "), material, text.join(" ")];
  return parts.filter((part) => part.trim() !== "").join(". ");
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/**
 * A description for the catalogue, for a person to review: what is seen, without what the product has fields of its own
 * for (category, brand).
 */
export function draftOf({ caption, colours, material, text }: PictureWords): string {
  const said = caption.toLowerCase();
  const missing = (words: readonly string[]) => words.filter((word) => !said.includes(word.toLowerCase()));
  const rest = [
    ...(missing(colours).length === 0 ? [] : [`Colours: ${colours.join(", ")}`]),
    ...missing([material])
      .filter((word) => word !== "")
      .map((word) => `Material: ${word}`),
    ...(text.length === 0 ? [] : [`On it: ${text.join(" / ")}`]),
  ];
  return [caption, ...rest]
    .filter((part) => part !== "")
    .map(sentence)
    .join(" ");
}

/** Short readable name of what makes descriptions, such as `qwen3-vl-2b-int4-p1-ab12cd34`. */
export function describerFingerprint(
  model: string,
  precision: string,
  version: number,
  all: readonly string[],
): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([model, precision, version, ...all]))
    .digest("hex");
  return `${model}-${precision}-p${version}-${digest.slice(0, 8)}`;
}
