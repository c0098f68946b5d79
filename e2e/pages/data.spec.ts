import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { startHost } from "../host.ts";

async function accessible(page: Page): Promise<void> {
  expect(await seriousFaults(page)).toEqual([]);
}

test("the data is backed up by download, and restored over a restart; what it replaced is kept until deleted", async ({
  page,
  host,
  dataFolder,
  allowedErrors,
}) => {
  test.slow();
  allowedErrors.push(/Failed to load resource/, /ERR_/);
  await page.goto("/settings?tab=data");
  await expect(page.getByRole("region", { name: "Data folder" })).toContainText(dataFolder);
  await expect(page.getByRole("list", { name: "Size by part" })).toContainText("108 files");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Back up", exact: true }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/^shelfmatch-.*\.zip$/);
  const backup = await download.path();
  await expect(page.getByRole("region", { name: "Back up" }).getByRole("status")).toHaveText("Backed up");

  await page.goto("/catalogue?product=laptop");
  await page.getByRole("button", { name: "Delete this product" }).click();
  await expect(page.getByText("53 products").first()).toBeVisible();

  await page.goto("/settings?tab=data");
  const restore = page.getByRole("region", { name: "Restore" });
  const chooser = page.waitForEvent("filechooser");
  await restore.getByRole("button", { name: "Choose a backup" }).click();
  await (await chooser).setFiles({ name: "mine.zip", mimeType: "application/zip", buffer: readFileSync(backup) });
  await expect(restore.getByRole("status")).toHaveText("mine.zip is whole and can be restored");
  await expect(restore).toContainText("54 products, 54 pictures");
  await accessible(page);
  await restore.getByRole("button", { name: "Restore it" }).click();
  const sure = page.getByRole("dialog", { name: "Restore this backup?" });
  await expect(sure).toContainText("the 53 products that are here now");
  await expect(sure.getByRole("button", { name: "Not now" })).toBeFocused();
  await sure.getByRole("button", { name: "Restore at the next start" }).click();
  await expect(restore.getByRole("status")).toContainText("Restart to restore it");

  await host.close();
  const again = await startHost(dataFolder, { port: Number(new URL(host.url).port) });
  try {
    await page.goto("/catalogue");
    await expect(page.getByText("54 products").first()).toBeVisible();
    await page.goto("/settings?tab=data");
    const before = page.getByRole("region", { name: "Data from before a restore" });
    await expect(before).toContainText("before-restore-");
    await before.getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
    await expect(before).toHaveCount(0);
  } finally {
    await again.close();
  }
});

test("a file that is no backup is refused, and nothing is changed", async ({ page, allowedErrors }) => {
  allowedErrors.push(/Failed to load resource/);
  await page.goto("/settings?tab=data");
  const restore = page.getByRole("region", { name: "Restore" });
  const chooser = page.waitForEvent("filechooser");
  await restore.getByRole("button", { name: "Choose a backup" }).click();
  await (await chooser).setFiles({ name: "holiday.zip", mimeType: "application/zip", buffer: Buffer.from("no zip") });
  await expect(restore.getByRole("alert")).toContainText("holiday.zip is damaged, or no backup");
  await expect(restore.getByRole("alert")).toContainText("BACKUP_UNREADABLE");
  await expect(restore.getByRole("button", { name: "Restore it" })).toHaveCount(0);
});
