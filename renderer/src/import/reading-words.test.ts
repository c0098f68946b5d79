import { afterEach, expect, it } from "vitest";
import { i18n } from "../lib/i18n/i18n.ts";
import { de } from "./de.ts";
import { readingText } from "./reading-words.ts";

afterEach(() => i18n.activate("en"));

const CSV = "CSV; delimiter: semicolon; decimal mark: comma; encoding: windows-1252";

it("leaves English as the engine said it", () => {
  for (const said of [CSV, "JSON Lines; encoding: UTF-8", "Parquet with embeddings", "A kind of tomorrow; of: rows"]) {
    expect(readingText(said)).toBe(said);
  }
});

it("says in German how a file was read, and leaves what it does not know", () => {
  i18n.loadAndActivate({ locale: "de", messages: de });
  expect(readingText(CSV)).toBe("CSV; Trennzeichen: Semikolon; Dezimalzeichen: Komma; Zeichensatz: windows-1252");
  expect(readingText("Excel; decimal mark of prices that are texts: point")).toBe(
    "Excel; Dezimalzeichen von Preisen, die als Text stehen: Punkt",
  );
  expect(readingText("Parquet with embeddings of an unknown encoder")).toMatch(/^Parquet mit Embeddings eines/);
  expect(readingText("A kind of tomorrow; of: rows")).toBe("A kind of tomorrow; of: rows");
});
