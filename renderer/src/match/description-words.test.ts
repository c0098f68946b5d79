import { expect, it } from "vitest";
import { byLine, fieldsOf, isBlank, wordsOf } from "./description-words.ts";

const WORDS = {
  ...{ caption: "A mug.", category: "mug", colours: ["red", "off white"], material: "", brand: "Acme" },
  text: ["ACME", "Good, morning"],
};

it("comes back from its form as it went in", () => {
  expect(wordsOf(fieldsOf(WORDS))).toEqual(WORDS);
});

it("takes what a person types: blank lines, spaces, the same twice, more than can be kept", () => {
  const typed = {
    ...fieldsOf(WORDS),
    brand: " Acme ",
    colours: "red;  red, ,blue",
    text: `\n A \n\nA\n${"x".repeat(200)}`,
  };
  expect(wordsOf(typed)).toMatchObject({ brand: "Acme", colours: ["red", "blue"], text: ["A", "x".repeat(120)] });
  expect(wordsOf({ ...typed, colours: "a,b,c,d,e,f,g,h" }).colours).toHaveLength(6);
});

it("knows when nothing is said", () => {
  expect(isBlank(WORDS)).toBe(false);
  expect(isBlank(wordsOf({ caption: " ", category: "", colours: ",", material: "", brand: "", text: "\n" }))).toBe(
    true,
  );
});

it("names who says it", () => {
  const by = (who: "app" | "model" | "user", fingerprint = "x") => byLine({ by: who, fingerprint, words: WORDS });
  expect(by("model", "qwen3-vl-2b-int4-p1-c80413b9")).toBe("Described by qwen3-vl-2b-int4");
  expect(by("user")).toBe("Corrected by you");
  expect(by("app")).toMatch(/recognised and read/);
});
