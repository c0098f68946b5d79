import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";

/** What the app keeps on this machine, and tells somebody who looks elsewhere. */

test("another data folder is chosen, used at once, remembered, and left again", async ({
  start,
  dataFolder,
  allowedErrors,
}) => {
  test.slow();
  allowedErrors.push(/Failed to load resource/);
  // Without a folder of its own, as a person starts it: in the usual place of this home.
  const home = join(dataFolder, "home");
  const env = { SHELFMATCH_DATA: "", HOME: home, XDG_DATA_HOME: join(home, "share"), XDG_CONFIG_HOME: join(home, "c") };
  mkdirSync(home);
  const { app, page, close } = await start({ env });
  const usual = join(home, "share", "Shelfmatch");
  const folders = page.getByRole("region", { name: "This app" });
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(folders).toContainText(usual, { timeout: 60_000 });

  const other = join(home, "other");
  mkdirSync(other);
  await app.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
  }, other);
  await folders.getByRole("button", { name: "Choose another" }).click();
  await expect(folders).toContainText(other, { timeout: 60_000 });
  await expect.poll(() => existsSync(join(other, "engine.json"))).toBe(true);
  // The engine that had the usual place let it go.
  expect(existsSync(join(usual, "engine.json"))).toBe(false);
  await close();

  const again = await start({ env });
  await again.page.getByRole("link", { name: "Settings" }).click();
  const kept = again.page.getByRole("region", { name: "This app" });
  await expect(kept).toContainText(other, { timeout: 60_000 });
  await kept.getByRole("button", { name: "Use the usual one" }).click();
  await expect(kept).toContainText(usual, { timeout: 60_000 });
});

test("the end of long work is told to who looks elsewhere, and only then", async ({ desktop: { app, page } }) => {
  const told = () => app.evaluate(() => (globalThis as { told?: string[] }).told);
  await app.evaluate(({ Notification, BrowserWindow }) => {
    const notices: string[] = [];
    (globalThis as { told?: string[] }).told = notices;
    Notification.isSupported = () => true;
    // Its `show` can't be replaced; it is listened to right before.
    Notification.prototype.on = function on() {
      notices.push(this.title);
      return this;
    };
    const [window] = BrowserWindow.getAllWindows();
    if (window) window.isFocused = () => notices.length > 0;
  });
  await app.evaluate(
    ({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    },
    join(await app.evaluate(({ app: main }) => main.getPath("userData")), "mine.zip"),
  );
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByRole("tab", { name: "Data" }).click();
  const backup = page.getByRole("region", { name: "Back up" });
  await backup.getByRole("button", { name: "Back up" }).click();
  await expect(backup.getByRole("status")).toHaveText("Backed up");
  await expect.poll(told).toEqual(["Backup: done"]);
  // Somebody looks at the window by now.
  await backup.getByRole("button", { name: "Back up" }).click();
  await expect(backup.getByRole("status")).toHaveText("Backed up");
  expect(await told()).toEqual(["Backup: done"]);
});

test("a page that crashes comes back, and its report stays on this machine", async ({
  desktop: { app, page, dataFolder, logs },
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  await expect(page.getByText("54 products")).toBeVisible();
  const reports = join(dataFolder, "desktop", "crashes");
  const dumps = () =>
    existsSync(reports)
      ? readdirSync(reports, { recursive: true }).filter((name) => String(name).endsWith(".dmp")).length
      : 0;
  const title = () =>
    app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript("document.body.innerText"),
    );
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  await expect.poll(() => logs(), { timeout: 30_000 }).toContain("A page's process ended");
  await expect.poll(title, { timeout: 30_000 }).toContain("54 products");
  await expect.poll(dumps, { timeout: 30_000 }).toBeGreaterThan(0);
});
