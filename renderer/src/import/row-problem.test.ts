import { afterEach, expect, it } from "vitest";
import { ROW_PROBLEMS } from "../../../shared/import-problems.ts";
import { de as common } from "../lib/de.ts";
import { i18n } from "../lib/i18n/i18n.ts";
import { de } from "./de.ts";
import { rowProblemText } from "./row-problem.ts";

afterEach(() => i18n.activate("en"));

const message = 'The SKU "A-1" comes twice in this import (line 3).';

it("says a row's problem in the engine's own words in English", () => {
  for (const code of ROW_PROBLEMS) expect(rowProblemText({ code, message })).toBe(message);
});

it("says every problem of a row in German, with the engine's words behind it", () => {
  i18n.loadAndActivate({ locale: "de", messages: { ...common, ...de } });
  const said = ROW_PROBLEMS.map((code) => rowProblemText({ code, message }));
  for (const text of said) expect(text).toMatch(/^[^(]+ \(The SKU "A-1" comes twice in this import \(line 3\)\.\)$/);
  const words = said.map((text) => text.split(" (")[0] ?? "");
  expect(new Set(words).size).toBe(ROW_PROBLEMS.length);
  for (const one of words) expect(Object.values(de)).toContain(one);
  // What any call can fail of has its words already; of another version, the engine's stand alone.
  expect(rowProblemText({ code: "IMAGE_UNREADABLE", message })).toBe(`Das Bild ist nicht lesbar. (${message})`);
  expect(rowProblemText({ code: "ROW_OF_TOMORROW", message })).toBe(message);
});
