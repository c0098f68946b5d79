import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { QUERIES } from "../match-page.ts";

/** Photos in a folder a SKU, as a shop would have them. */
function photoFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "shelfmatch-photos-"));
  for (const [sku, photo] of [
    ["allstar-sneakers", "sneakers-turned.jpg"],
    ["basketball", "basketball-blurred.jpg"],
    ["_absent", "not-here-bowl.jpg"],
    ["no-such-product", "not-here-coffee.jpg"],
  ] as const) {
    mkdirSync(join(folder, sku), { recursive: true });
    copyFileSync(join(QUERIES, photo), join(folder, sku, photo));
  }
  return folder;
}

test("photos in a folder a SKU are measured, shown, saved and deleted", async ({ page }) => {
  test.slow();
  const folder = photoFolder();
  await page.goto("/");
  await page.getByRole("link", { name: "Evaluate" }).click();
  const form = page.getByRole("form", { name: "New evaluation" });
  await form.getByRole("radio", { name: "My own photos, sorted by product" }).check();
  await expect(form.getByRole("button", { name: "Start" })).toBeDisabled();
  const chooser = page.waitForEvent("filechooser");
  await form.getByRole("button", { name: "Choose the folder" }).click();
  await (await chooser).setFiles(folder);
  await expect(form.getByText("4 photos chosen")).toBeVisible();
  await form.getByLabel("Name").fill("Shelf on Monday");
  await form.getByRole("button", { name: "Start" }).click();

  const report = page.getByRole("article", { name: "Shelf on Monday" });
  await expect(report).toBeVisible({ timeout: 90_000 });
  await expect(report.getByText(/no-such-product/)).toBeVisible();
  await expect(report.getByRole("region", { name: "Found first" })).toContainText("100.0 %");
  const systems = report.getByRole("table", { name: "Ways of answering" });
  await expect(systems.getByRole("row", { name: /^pHash/ })).toBeVisible();
  await expect(systems.getByRole("row", { name: /^Plain encoder/ })).toBeVisible();
  await expect(report.getByRole("img", { name: /^Reliability/ })).toBeVisible();
  await report.getByRole("tab", { name: "By kind" }).click();
  await expect(report.getByRole("table", { name: "By category" })).toBeVisible();

  const saved = page.waitForEvent("download");
  await report.getByRole("button", { name: "Save" }).click();
  await page.getByRole("menuitem", { name: /HTML/ }).click();
  const html = await readFile(await (await saved).path(), "utf8");
  expect(html).toContain("Shelf on Monday");
  expect(html).toContain("<svg");

  await page.reload();
  await report.getByRole("button", { name: "Delete" }).click();
  await page
    .getByRole("dialog", { name: /Delete this evaluation/ })
    .getByRole("button", { name: "Delete" })
    .click();
  await expect(form).toBeVisible();
  rmSync(folder, { recursive: true, force: true });
});

test("a running evaluation goes on over a reload, and is cancelled; two settings stand side by side", async ({
  page,
}) => {
  test.slow();
  await page.goto("/evaluate");
  const form = page.getByRole("form", { name: "New evaluation" });
  await form.getByRole("button", { name: "Start" }).click();
  const line = page.getByTestId("evaluation-line");
  await expect(line).toContainText("queries", { timeout: 60_000 });
  await page.getByRole("link", { name: "Catalogue" }).click();
  await page.reload();
  await page.getByRole("button", { name: /^Activity: Evaluation/ }).click();
  await page.getByRole("dialog", { name: "Activity" }).getByRole("link", { name: "Evaluation" }).click();
  await expect(line).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "Cancelled" })).toBeVisible({ timeout: 30_000 });

  await page.getByRole("button", { name: "Take it off the list" }).click();
  await form.getByLabel("Products to ask for").fill("2");
  await form.getByRole("combobox", { name: "Try another setting on the same photos" }).click();
  await page.getByRole("option", { name: /Stricter/ }).click();
  await form.getByRole("button", { name: "Start" }).click();
  const report = page.getByRole("article", { name: "Made of the catalogue" });
  await expect(report).toBeVisible({ timeout: 120_000 });
  await report.getByRole("tab", { name: "By kind" }).click();
  const kinds = report.getByRole("table", { name: "By transformation and severity" });
  await expect(kinds.getByRole("row")).not.toHaveCount(1);
  await report.getByRole("tab", { name: "Compare" }).click();
  await expect(report.getByText(/photos that both were asked/)).toBeVisible({ timeout: 30_000 });
  expect(await seriousFaults(page)).toEqual([]);
});

test.describe("without products", () => {
  test.use({ seeded: false });

  test("it says what is missing", async ({ page }) => {
    await page.goto("/evaluate");
    await expect(page.getByText(/needs at least two products/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Start" })).toBeDisabled();
  });
});

test("where the list can't be had it says why, and asks no more than a page should", async ({
  page,
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  let asked = 0;
  const message = "MongoDB at mongodb://127.0.0.1:27017 is not there. Start it, and try again.";
  const json = { defined: true, code: "SERVICE_UNAVAILABLE", status: 503, message, data: { retryable: true } };
  await page.route("**/rpc/**", (route) => {
    if (route.request().url().includes("evaluate/list")) asked++;
    return route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ json }) });
  });
  await page.goto("/evaluate");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("MongoDB at mongodb://127.0.0.1:27017");
  const before = asked;
  // As long as the engine is asked how it is several times.
  await page.waitForTimeout(5_000);
  expect(asked - before).toBeLessThanOrEqual(3);
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await page.unrouteAll({ behavior: "wait" });
  await expect(page.getByRole("form", { name: "New evaluation" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
});
