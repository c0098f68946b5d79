import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUERIES } from "../match-page.ts";
import { manageCatalogue } from "../steps/catalogue.ts";
import { evaluateTwoProducts, followEvaluation } from "../steps/evaluate.ts";
import { importBrokenFile, importList } from "../steps/import.ts";
import { readJournal } from "../steps/journal.ts";
import { exploreMap } from "../steps/map.ts";
import { goByKeys } from "../steps/palette.ts";
import { expect, stackMissing, test } from "./fixtures.ts";

/** The pages' main journeys on the stack's real servers, one catalogue for all of them, in this order. */

const missing = stackMissing();
test.skip(missing !== null, missing ?? "");
test.describe.configure({ mode: "default", timeout: 120_000 });

test("the catalogue is searched, edited in place and filtered; a deleted product comes back", async ({
  match,
  page,
}) => {
  await match.open();
  await manageCatalogue(page);
});

test("the map is drawn, coloured and looked at", async ({ match, page }) => {
  await match.open();
  await exploreMap(page, 54);
});

test("a photo finds its product; the journal is filtered, and the photo's run seen stage by stage", async ({
  match,
  page,
}) => {
  await match.open();
  await match.choose(join(QUERIES, "football-overexposed.jpg"));
  await match.answered();
  await expect(match.product).toContainText("football");
  await readJournal(page, "football-overexposed.jpg");
});

test("an evaluation is made, and another followed in the tray", async ({ match, page }) => {
  await match.open();
  await evaluateTwoProducts(page);
  await followEvaluation(page);
});

test("pages and products are reached by the keyboard", async ({ match, page }) => {
  await match.open();
  await goByKeys(page);
});

test("a list with a bad row is tried, imported and put right; a broken file is refused", async ({
  match,
  page,
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  const folder = mkdtempSync(join(tmpdir(), "shelfmatch-lists-"));
  await match.open();
  await importList(page, folder);
  await importBrokenFile(page, folder);
  rmSync(folder, { recursive: true, force: true });
});
