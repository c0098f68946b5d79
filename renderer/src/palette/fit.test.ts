import { expect, it } from "vitest";
import { fitOf, folded } from "./fit.ts";

it("reads letters without case, accents and ligatures", () => {
  expect(folded("Menü STRASSE Straße ﬁle")).toBe("menu strasse strasse file");
});

it("fits the start of a title best, then of a word, another word for it, and the inside of a word", () => {
  const entry = { title: "Export the catalogue", words: "download csv" };
  const fits = ["export the catalogue", "export", "cat", "csv", "talog"].map((text) => fitOf(text, entry));
  expect(fits).toEqual([...fits].sort((a, b) => Number(b) - Number(a)));
  expect(new Set(fits).size).toBe(fits.length);
  expect(fits).not.toContain(null);
});

it("takes where something belongs only beside a word of its own", () => {
  const entry = { title: "File with the password", context: "MongoDB, for the catalogue" };
  expect(fitOf("mongo password", entry)).not.toBeNull();
  expect(fitOf("catalogue", entry)).toBeNull();
});

it("wants every word that was typed", () => {
  const entry = { title: "Export the catalogue", words: "download csv" };
  expect(fitOf("export csv", entry)).not.toBeNull();
  expect(fitOf("export xlsx", entry)).toBeNull();
  expect(fitOf("  ", entry)).toBeNull();
  // Two letters stand inside nearly every word.
  expect(fitOf("or", entry)).toBeNull();
});
