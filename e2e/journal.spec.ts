import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { QUERIES } from "./match-page.ts";

const LINES = { name: "Journal lines, newest first" };

test("lines are filtered, and the filters live in the address", async ({ page }) => {
  await page.goto("/journal");
  const lines = page.getByRole("list", LINES).getByRole("listitem");
  await expect(lines.first()).toBeVisible();

  await page.getByRole("combobox", { name: "Component" }).click();
  await page.getByRole("option", { name: "import" }).click();
  await expect(page).toHaveURL(/component=import/);
  await expect(lines.filter({ hasNotText: "import" })).toHaveCount(0);
  await page.getByRole("textbox", { name: "Search the journal" }).fill("Import done");
  await expect(lines).toHaveCount(1);
  await expect(page).toHaveURL(/text=Import/);
  await lines.getByRole("button", { name: "Import done" }).click();
  await expect(lines.first()).toContainText('"products": 54');

  await page.getByRole("combobox", { name: "Level" }).click();
  await page.getByRole("option", { name: "Errors", exact: true }).click();
  await expect(page.getByText("No lines")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Level" })).toHaveValue("Errors");
  await expect(page.getByRole("textbox", { name: "Search the journal" })).toHaveValue("Import done");
});

test("a run is shown whole, with its photo, timings and lines", async ({ match, page }) => {
  await match.open();
  await match.choose(join(QUERIES, "football-overexposed.jpg"));
  await match.answered();
  await page.goto("/journal?tab=runs");
  await page
    .getByRole("row", { name: /football-overexposed/ })
    .getByRole("button")
    .click();
  const run = page.getByRole("dialog", { name: "Run" });
  await expect(run.getByRole("table", { name: "Timings by stage" })).toContainText("total");
  await expect(run.getByRole("img", { name: "football-overexposed.jpg" })).toBeVisible();
  await expect(run.getByRole("link").first()).toContainText("Football");
  await run.getByRole("button", { name: "Show its lines" }).click();
  await expect(page).toHaveURL(/run=/);
  await expect(run).toBeHidden();
});

test("following shows new lines as they come, and a pause holds them back", async ({ page, request }) => {
  const importOne = async (name: string) => {
    const csv = { name, mimeType: "text/csv", buffer: Buffer.from(`sku,name\n${name},Product of ${name}\n`) };
    const reply = await request.post("/api/v1/imports", { multipart: { files: csv } });
    expect(reply.status()).toBe(202);
  };
  await page.goto("/journal?component=import");
  const lines = page.getByRole("list", LINES).getByRole("listitem");
  await expect(lines.first()).toBeVisible();
  await page.getByRole("switch", { name: /Follow/ }).click({ force: true });
  await expect(page.getByText("Follow", { exact: true })).toBeVisible();
  const before = await lines.count();
  await importOne("first.csv");
  await expect(lines).toHaveCount(before + 2);
  await expect(lines.first()).toContainText("Import done");

  await page.getByRole("button", { name: "Pause" }).click();
  await importOne("second.csv");
  await expect(page.getByRole("button", { name: "Go on (2 new)" })).toBeVisible();
  await expect(lines).toHaveCount(before + 2);
  await page.getByRole("button", { name: /Go on/ }).click();
  await expect(lines).toHaveCount(before + 4);
});
