import { expect, test } from "./fixtures.ts";

test("settings, theme and window are as they were left", async ({ desktop, start }) => {
  test.slow();
  const bounds = { x: 120, y: 90, width: 1100, height: 760 };
  const { page } = desktop;
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Top", { exact: true }).fill("7");
  await page.getByRole("button", { name: "Save the change" }).click();
  await expect(page.getByText(/The settings are saved/)).toBeVisible();
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await desktop.app.evaluate(
    ({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted),
    bounds,
  );
  await expect.poll(() => desktop.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe("dark");
  await desktop.close();

  const again = await start();
  await expect(again.page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  const seen = await again.app.evaluate(({ BrowserWindow, nativeTheme }) => ({
    bounds: BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
    theme: nativeTheme.themeSource,
  }));
  expect(seen).toEqual({ bounds, theme: "dark" });
  await again.page.getByRole("link", { name: "Settings" }).click();
  await expect(again.page.getByLabel("Top", { exact: true })).toHaveValue("7");
});

test("settings that the engine can't use are said with their reason, and once mended the app heals", async ({
  start,
  dataFolder,
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  const { writeFileSync } = await import("node:fs");
  const { join } = await import("node:path");
  writeFileSync(join(dataFolder, "config.json"), '{"match": {"top": -1}}');
  const { page } = await start();
  await expect(page.getByText("The engine can't start.")).toBeVisible();
  await expect(page.getByText(/match\.top in .*config\.json/).first()).toBeVisible();
  writeFileSync(join(dataFolder, "config.json"), "{}");
  await expect(page.getByText("54 products")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("The engine can't start.")).toHaveCount(0);
});
