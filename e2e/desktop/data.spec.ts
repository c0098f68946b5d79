import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";

test("the data is backed up where the dialog says, and restored by a restart of the engine alone", async ({
  desktop: { app, page, dataFolder, enginePid },
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  const file = join(dataFolder, "mine.zip");
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  await expect(page.getByText("54 products")).toBeVisible();
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByRole("tab", { name: "Data" }).click();
  const backup = page.getByRole("region", { name: "Back up" });
  await backup.getByRole("button", { name: "Back up" }).click();
  await expect(backup.getByRole("status")).toHaveText("Backed up");
  await expect(backup).toContainText(file);
  expect(existsSync(file)).toBe(true);

  const restore = page.getByRole("region", { name: "Restore" });
  const chooser = page.waitForEvent("filechooser");
  await restore.getByRole("button", { name: "Choose a backup" }).click();
  await (await chooser).setFiles(file);
  await expect(restore.getByRole("status")).toContainText("mine.zip is whole");
  await restore.getByRole("button", { name: "Restore it" }).click();
  await page.getByRole("button", { name: "Restore at the next start" }).click();
  const before = enginePid();
  await restore.getByRole("button", { name: "Restart now" }).click();
  await expect.poll(() => readdirSync(dataFolder).some((name) => name.startsWith("before-restore-"))).toBe(true);
  await expect.poll(enginePid).not.toBe(before);
  await expect(page.getByRole("region", { name: "Data from before a restore" })).toBeVisible();
  await expect(page.getByText("54 products")).toBeVisible();
});
