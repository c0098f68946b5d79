import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";

async function openExport(page: Page) {
  await page.goto("/catalogue?import=1");
  return page.getByRole("region", { name: "Export the catalogue" });
}

async function saved(page: Page, press: () => Promise<void>) {
  const waiting = page.waitForEvent("download", { timeout: 60_000 });
  await press();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test("the catalogue is taken out as CSV, with pictures as a zip, and as Parquet", async ({ page }) => {
  test.setTimeout(180_000);
  const section = await openExport(page);
  const press = () => section.getByRole("button", { name: "Export" }).click();
  const format = section.getByRole("combobox", { name: "Format of the export" });

  const csv = await saved(page, press);
  expect(csv.name).toMatch(/\.csv$/);
  const lines = csv.bytes.toString("utf8").trim().split(/\r?\n/);
  expect(lines[0]).toContain("sku");
  expect(lines.filter((line) => line.startsWith("allstar-sneakers,"))).toHaveLength(1);

  const pictures = section.getByRole("switch", { name: "With pictures, as a zip" });
  await pictures.check();
  const zip = await saved(page, press);
  expect(zip.name).toMatch(/\.zip$/);
  expect(zip.bytes.subarray(0, 2).toString()).toBe("PK");
  expect(zip.bytes.length).toBeGreaterThan(csv.bytes.length);

  await pictures.uncheck();
  await expect(section.getByText("With embeddings")).toHaveCount(0);
  await format.click();
  await page.getByRole("option", { name: "Parquet" }).click();
  await section.getByRole("switch", { name: "With embeddings" }).check();
  const parquet = await saved(page, press);
  expect(parquet.name).toMatch(/\.parquet$/);
  expect(parquet.bytes.subarray(0, 4).toString()).toBe("PAR1");
});

test("an export that fails says why, and can be tried again", async ({ page, allowedErrors }) => {
  allowedErrors.push(/Failed to load resource/);
  const section = await openExport(page);
  const where = "**/rpc/exports/make**";
  await page.route(where, (route) => route.fulfill({ status: 502, body: "" }));
  await section.getByRole("button", { name: "Export" }).click();
  await expect(section.getByRole("alert")).toBeVisible({ timeout: 30_000 });
  await page.unroute(where);
  const file = await saved(page, () => section.getByRole("button", { name: "Try again" }).click());
  expect(file.name).toMatch(/\.csv$/);
  await expect(section.getByRole("alert")).toHaveCount(0);
});
