import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { layoutFaults } from "../layout.ts";
import { QUERIES } from "../match-page.ts";
import { startEvaluation } from "../steps/evaluate.ts";
import { goTo } from "../steps/go.ts";
import { lines } from "../steps/journal.ts";
import { makeMap, plane } from "../steps/map.ts";
import { expect, stackMissing, test } from "./fixtures.ts";

/** What the pages say when a server of the stack goes away in the middle, and that they come back when it does. */

const missing = stackMissing();
test.skip(missing !== null, missing ?? "");
test.describe.configure({ mode: "default", timeout: 180_000 });
test.beforeEach(({ allowedErrors }) => void allowedErrors.push(/Failed to load resource/));

const PHOTO = join(QUERIES, "football-overexposed.jpg");
/** A try to reach a server that is away takes seconds, and there are three. */
const SOON = { timeout: 30_000 };

const alertOf = (page: Page) => page.getByRole("main").getByRole("alert").first();

/** The server by its name, what is wrong with it and what to do; nothing of it is cut off. */
async function says(page: Page, server: string, alert: Locator): Promise<void> {
  await expect(alert).toContainText(`${server} at `, SOON);
  await expect(alert).toContainText("not reachable");
  await expect(alert).toContainText("Start it, or ");
  // For who reads a log; here the page itself leads on.
  await expect(alert).not.toContainText("shelfmatch doctor");
  expect(await layoutFaults(page)).toEqual([]);
}

test("without MongoDB every page says so, none takes the catalogue for empty, and all are back when it is", async ({
  match,
  page,
  server,
}) => {
  await match.open();
  await goTo(page, "Map");
  await makeMap(page, 54);
  await goTo(page, "Catalogue");
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await server("MongoDB").kill();

  await page.getByLabel("Search the catalogue").fill("laptop");
  await says(page, "MongoDB", alertOf(page));
  await expect(alertOf(page).getByRole("link", { name: "Open the Stack page" })).toBeVisible();
  const engine = page.getByRole("navigation").getByRole("link", { name: /^Engine:/ });
  await expect(engine).toHaveText(/^Engine: Not working\s*$/, SOON);
  for (const name of ["Journal", "Map"]) {
    await goTo(page, name);
    await says(page, "MongoDB", alertOf(page));
  }
  await goTo(page, "Evaluate");
  await expect(page.getByText("needs at least two products")).toHaveCount(0);
  await startEvaluation(page, 2);
  await says(page, "MongoDB", alertOf(page));
  await match.open();
  await expect(page.getByText("The catalogue is empty")).toHaveCount(0);
  await match.choose(PHOTO);
  await says(page, "MongoDB", alertOf(page));

  // Each page asks again by itself: nobody has to find its button.
  await goTo(page, "Journal");
  await expect(alertOf(page)).toBeVisible(SOON);
  await server("MongoDB").start();
  await expect(lines(page).first()).toBeVisible({ timeout: 60_000 });
  await expect(alertOf(page)).toHaveCount(0);
  await goTo(page, "Map");
  await expect(plane(page)).toBeVisible(SOON);
  await expect(alertOf(page)).toHaveCount(0);
  await goTo(page, "Catalogue");
  await expect(page.getByRole("row").nth(1)).toBeVisible(SOON);
  await expect(alertOf(page)).toHaveCount(0);
  await expect(engine).toHaveText(/Ready.*54 products/, SOON);
});

test("without Qdrant maps and evaluations say why they stopped, the catalogue goes on, and a map is made after it", async ({
  match,
  page,
  server,
}) => {
  await match.open();
  await server("Qdrant").kill();
  await goTo(page, "Evaluate");
  await startEvaluation(page, 2);
  await says(page, "Qdrant", alertOf(page));
  await page.getByRole("button", { name: "Take it off the list" }).click();
  await goTo(page, "Catalogue");
  await expect(page.getByRole("row").nth(1)).toBeVisible(SOON);
  await goTo(page, "Map");
  await page.getByRole("button", { name: "Make the map anew" }).click();
  await says(page, "Qdrant", alertOf(page));

  await server("Qdrant").start();
  // What protects a server that is away lets the next try through after a while.
  await expect(async () => {
    await page.getByRole("button", { name: "Make the map anew" }).click();
    await expect(alertOf(page)).toHaveCount(0, { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await expect(plane(page)).toBeVisible();
});

test("without Triton a photo is not answered and says why; it is, by one button, when the server is back", async ({
  match,
  page,
  server,
}) => {
  await match.open();
  await server("Triton").kill();
  await match.choose(join(QUERIES, "cactus-on-brick.jpg"));
  await says(page, "Triton", alertOf(page));
  await server("Triton").start();
  await expect(async () => {
    await alertOf(page).getByRole("button", { name: "Try again" }).click({ timeout: 5_000 });
    await expect(alertOf(page)).toHaveCount(0, { timeout: 10_000 });
  }).toPass({ timeout: 60_000 });
  await match.answered();
});
