import { describe, expect, test } from "vitest";
import { type PictureWords, pictureWordsSchema } from "../../shared/contract/describe.ts";
import { ANSWER_SCHEMA } from "./prompts.ts";
import { draftOf, saysNothing, textOfWords, tidyWords } from "./words.ts";

const NOTHING: PictureWords = { caption: "", category: "", colours: [], material: "", brand: "", text: [] };
const MUG: PictureWords = {
  caption: "A red mug with a white handle.",
  category: "mug",
  colours: ["red", "white"],
  material: "ceramic",
  brand: "Acme",
  text: ["ACME", "Good morning"],
};

test("whatever a model said fits the contract, with no half characters and no control characters", () => {
  const long = "\u{1f600}".repeat(300);
  const words = tidyWords({
    caption: `a\u0000b\n c${long}`,
    category: long,
    colours: ["red", " red ", "", ...Array.from({ length: 9 }, (_, n) => `colour ${n}`)],
    material: "  ",
    brand: `${"x".repeat(79)}\u{1f600}`,
    text: Array.from({ length: 40 }, (_, n) => `${n}${long}`),
  });
  expect(pictureWordsSchema.parse(words)).toEqual(words);
  expect(words.caption.startsWith("a b c")).toBe(true);
  expect(words.colours[0]).toBe("red");
  expect(words.colours).toHaveLength(6);
  expect(words.brand).toBe("x".repeat(79));
  for (const text of [words.caption, words.category, words.brand, ...words.text])
    expect(text.isWellFormed()).toBe(true);
});

test("a text to search by begins with what tells most, and has all of it", () => {
  expect(textOfWords(MUG)).toBe("A red mug with a white handle. Acme. mug. red white. ceramic. ACME Good morning");
  expect(textOfWords(NOTHING)).toBe("");
});

test("only what says nothing at all says nothing", () => {
  expect(saysNothing({ ...NOTHING, caption: " " })).toBe(true);
  for (const [field, value] of Object.entries(MUG)) expect(saysNothing({ ...NOTHING, [field]: value })).toBe(false);
});

describe("a draft for the catalogue", () => {
  test("is sentences of what is seen, with what the caption says said once", () => {
    expect(draftOf(MUG)).toBe("A red mug with a white handle. Material: ceramic. On it: ACME / Good morning.");
    expect(draftOf({ ...MUG, caption: "A mug", text: [] })).toBe("A mug. Colours: red, white. Material: ceramic.");
  });
  test("leaves out what is not known", () => {
    expect(draftOf({ ...NOTHING, caption: "A mug!" })).toBe("A mug!");
    expect(draftOf({ ...NOTHING, material: "wood" })).toBe("Material: wood.");
  });
});

test("the model's schema is the contract's: every field wanted, none more, in the order of what tells most", () => {
  const schema = JSON.parse(ANSWER_SCHEMA);
  expect(Object.keys(schema.properties)).toEqual(Object.keys(MUG));
  expect(schema.required).toEqual(Object.keys(MUG));
  expect(schema.additionalProperties).toBe(false);
  expect(schema.$schema).toBeUndefined();
});
