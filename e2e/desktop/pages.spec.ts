import { join } from "node:path";
import { QUERIES } from "../match-page.ts";
import { manageCatalogue } from "../steps/catalogue.ts";
import { evaluateTwoProducts, followEvaluation } from "../steps/evaluate.ts";
import { importBrokenFile, importList } from "../steps/import.ts";
import { readJournal } from "../steps/journal.ts";
import { exploreMap } from "../steps/map.ts";
import { goByKeys } from "../steps/palette.ts";
import { expect, test } from "./fixtures.ts";

/** The pages' main journeys in the app's own window, as `e2e/stack` takes them in a browser. */

test("the catalogue is worked on, a list is brought in, and a broken one is refused", async ({
  desktop: { page, dataFolder },
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  await expect(page.getByText("54 products")).toBeVisible();
  await manageCatalogue(page);
  await importList(page, dataFolder);
  await importBrokenFile(page, dataFolder);
});

test("the map is drawn, a run read, an evaluation made and followed, and pages are reached by Ctrl+K", async ({
  desktop: { page },
  match,
}) => {
  await expect(page.getByText("54 products")).toBeVisible();
  await match.choose(join(QUERIES, "football-overexposed.jpg"));
  await match.answered();
  await readJournal(page, "football-overexposed.jpg");
  await exploreMap(page, 54);
  await goByKeys(page);
  await evaluateTwoProducts(page);
  await followEvaluation(page);
});
