import { join } from "node:path";
import { resizedMissing, writeResized } from "../../scripts/servers/models.mjs";
import { seriousFaults } from "../axe.ts";
import { test as base, expect } from "../fixtures.ts";
import { startHost } from "../host.ts";
import { QUERIES } from "../match-page.ts";

/** Another encoder, put into the data folder, is chosen in the settings and takes over when all is embedded by it. */

const missing = resizedMissing();
const LARGER = "efficientnet-lite0-320";

const test = base.extend({
  dataFolder: async ({ dataFolder }, use) => {
    writeResized(join(dataFolder, "models"), 320);
    await use(dataFolder);
  },
  // One thread: it takes a few seconds, and a person sees how far it is.
  hostEnv: { SHELFMATCH_ENCODER_WORKERS: "1" },
});

test.skip(missing !== null, missing ?? "");

test("an encoder is tried, chosen, and the catalogue embedded by it while the old one finds products", async ({
  allowedErrors,
  dataFolder,
  host,
  hostEnv,
  match,
  page,
}) => {
  test.slow();
  allowedErrors.push(/Failed to load resource/, /ERR_/);
  await page.goto("/settings");
  const select = page.getByRole("combobox", { name: "Image model" });
  const row = page.locator("[data-wide]");
  await expect(select).toHaveValue("efficientnet-lite0");
  await expect(row).toContainText("224 px · 1,280 dimensions · FP16 weights · ships with the app");
  await expect(row).toContainText(join(dataFolder, "models"));
  await select.click();
  await page.getByRole("option", { name: LARGER }).click();
  const trial = row.getByRole("status");
  await expect(trial).toContainText("Trying it");
  await expect(trial).toContainText(/It works\. After the next start all 54 products are embedded anew \(about .+\)/);
  await expect(select).toHaveValue(LARGER);
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Save the change" }).click();
  await expect(row).toContainText("Applies at the next start");

  await host.close();
  const again = await startHost(dataFolder, { port: Number(new URL(host.url).port), env: hostEnv });
  try {
    await page.goto("/settings");
    const progress = page.getByRole("region", { name: "Embedding anew" });
    await expect(progress).toContainText(/\d+ of 54 products are embedded by efficientnet-lite0-320-fp16w-1280-/);
    await expect(page.getByRole("navigation")).toContainText(/Embedding the catalogue anew \d+ %/);
    await expect(progress).toBeHidden({ timeout: 60_000 });
    await page.reload();
    await expect(select).toHaveValue(LARGER);
    await expect(row).not.toContainText("Applies at the next start");
    await match.open();
    await match.drop(join(QUERIES, "sneakers-turned.jpg"));
    await match.answered();
    await expect(match.product).toContainText("allstar-sneakers");
    await page.getByRole("tab", { name: "Why" }).click();
    await expect(page.getByRole("tabpanel")).toContainText("calibrated with another encoder");
  } finally {
    await again.close();
  }
});

test("an encoder is measured beside the one in use, on the same photos, before anybody changes to it", async ({
  page,
}) => {
  test.slow();
  await page.goto("/evaluate");
  const form = page.getByRole("form", { name: "New evaluation" });
  await form.getByLabel("Products to ask for").fill("2");
  await form.getByRole("combobox", { name: "Try another setting on the same photos" }).click();
  await page.getByRole("option", { name: LARGER }).click();
  await expect(form).toContainText("All 54 products are embedded by it first");
  expect(await seriousFaults(page)).toEqual([]);
  await form.getByRole("button", { name: "Start" }).click();
  const line = page.getByTestId("evaluation-line");
  await expect(line).toContainText(/embedded by efficientnet-lite0-320: \d+ of 54 products/, { timeout: 30_000 });
  const report = page.getByRole("article", { name: "Made of the catalogue" });
  await expect(report).toBeVisible({ timeout: 120_000 });
  await expect(report).toContainText("encoder efficientnet-lite0-320 beside");
  const systems = report.getByRole("table", { name: "Ways of answering" });
  await expect(systems.getByRole("row", { name: /^Second setting: Plain encoder/ })).toBeVisible();
  await expect(systems.getByRole("row", { name: /^Second setting: The whole answer/ })).toBeVisible();
  await report.getByRole("tab", { name: "Compare" }).click();
  await expect(report).toContainText("Second setting: encoder efficientnet-lite0-320,");
  expect(await seriousFaults(page)).toEqual([]);
});
