import { afterEach, expect, it } from "vitest";
import { MATCH_WARNINGS, notYetIndexed } from "../../../shared/match-warnings.ts";
import { i18n } from "../lib/i18n/i18n.ts";
import { de } from "./de.ts";
import { toWarning } from "./warning.ts";

afterEach(() => i18n.activate("en"));

it("takes what is missing apart from why, and leaves the engine's pointer to the page's link", () => {
  const said =
    "Comparing the description failed: Qdrant at http://127.0.0.1:6333 could not search within 10 s. It may be overloaded. See the stack page, or run `shelfmatch doctor`.";
  expect(toWarning(said)).toEqual({
    what: "Comparing the description failed.",
    why: "Qdrant at http://127.0.0.1:6333 could not search within 10 s. It may be overloaded.",
    service: true,
  });
});

it("leaves a sentence whole", () => {
  const pending = "12 products are still being indexed and can't be found yet. Ask again when they are.";
  expect(toWarning(pending)).toEqual({ what: pending, why: "", service: false });
  const service = "MongoDB at mongodb://127.0.0.1:27017 is not there. This run is kept in the journal later.";
  expect(toWarning(service)).toEqual({ what: service, why: "", service: true });
});

it("says every warning of the engine in German, and the reason in the engine's own words", () => {
  const sentences = [...Object.values(MATCH_WARNINGS), notYetIndexed(3)];
  const english = sentences.map((sentence) => toWarning(sentence).what);
  expect(english.map((what) => what.replace(/\.$/, ""))).toEqual(sentences.map((one) => one.replace(/\.$/, "")));
  i18n.loadAndActivate({ locale: "de", messages: de });
  const german = sentences.map((sentence) => toWarning(sentence).what);
  expect(german.filter((what, at) => what === english[at] || what === "")).toEqual([]);
  expect(toWarning(`${MATCH_WARNINGS.barcodes}: the reader ended`)).toMatchObject({
    what: "Barcodes konnten nicht gelesen werden.",
    why: "the reader ended",
  });
  expect(german.at(-1)).toMatch(/^3 Produkte/);
});
