import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUERIES } from "../match-page.ts";
import { expect, test } from "./fixtures.ts";

test("a folder that the dialog names is watched: new photos are matched as they come, after the engine died as well", async ({
  desktop: { app, page, enginePid },
  allowedErrors,
}) => {
  test.slow();
  allowedErrors.push(/Failed to load resource/);
  const folder = mkdtempSync(join(tmpdir(), "shelfmatch-watched-"));
  const put = (photo: string, name: string) => copyFileSync(join(QUERIES, photo), join(folder, name));
  put("sneakers-turned.jpg", "first.jpg");
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
  }, folder);
  await page.getByRole("link", { name: "Batch", exact: true }).click();
  await page.getByRole("button", { name: "Watch a folder" }).click();
  const item = (file: string) => page.getByRole("option").filter({ hasText: file });
  await expect(item("first.jpg")).toContainText("Sneakers", { timeout: 60_000 });
  await expect(page.getByText("Watching", { exact: true })).toBeVisible();
  await expect(page.getByText(folder)).toBeVisible();

  put("basketball-blurred.jpg", "second.jpg");
  put("sneakers-turned.jpg", "the same.jpg");
  await expect(item("second.jpg")).toContainText("Basketball", { timeout: 60_000 });
  await expect(item("the same.jpg")).toContainText("Seen before", { timeout: 60_000 });

  const before = enginePid();
  if (before === null) throw new Error("no engine runs");
  process.kill(before, "SIGKILL");
  put("cactus-on-brick.jpg", "third.jpg");
  await expect(item("third.jpg")).toContainText("Cactus", { timeout: 90_000 });
  expect(enginePid()).not.toBe(before);

  await item("second.jpg").click();
  await page.keyboard.press("a");
  await expect(page.getByText("1 of 3 decided")).toBeVisible();
  await page.getByRole("button", { name: "Stop watching" }).click();
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  rmSync(folder, { recursive: true, force: true });
});
