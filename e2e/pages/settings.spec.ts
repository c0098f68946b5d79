import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { startHost } from "../host.ts";

test.use({ hostEnv: { SHELFMATCH_MATCH_READ_TEXT: "no" } });

test("settings are refused in place, kept over a restart of the host, and set back to their defaults", async ({
  page,
  host,
  hostEnv,
  dataFolder,
  allowedErrors,
}) => {
  test.slow();
  allowedErrors.push(/Failed to load resource/, /ERR_/);
  await page.goto("/settings");
  const top = page.getByLabel("Top", { exact: true });
  const save = page.getByRole("button", { name: /^Save / });

  // By the schema, as it is typed.
  await top.fill("0");
  await expect(page.getByText(/>=\s?1|at least 1|Too small/i)).toBeVisible();
  await expect(save).toBeDisabled();
  await top.fill("9");
  await expect(save).toBeEnabled();
  // By the engine, which sees all of them together; nothing of it is kept.
  const address = page.getByLabel("Host", { exact: true });
  await address.fill("0.0.0.0");
  await save.click();
  await expect(page.getByText("The web host would be open to everyone who reaches 0.0.0.0")).toBeVisible();
  await expect(page.getByLabel("Token", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await address.fill("127.0.0.1");
  await save.click();
  await expect(page.getByText("The settings are saved.")).toBeVisible();

  // Given elsewhere: shown, and not to be changed here.
  await expect(page.getByText("Given by the variable SHELFMATCH_MATCH_READ_TEXT")).toBeVisible();
  await expect(page.getByLabel("Read text", { exact: true })).toBeDisabled();
  await page.getByLabel("Workers", { exact: true }).fill("1");
  await save.click();
  await expect(page.getByText("Applies at the next start")).toBeVisible();

  await host.close();
  const again = await startHost(dataFolder, { port: Number(new URL(host.url).port), env: hostEnv });
  try {
    await page.reload();
    await expect(top).toHaveValue("9");
    await expect(page.getByLabel("Workers", { exact: true })).toHaveValue("1");
    await expect(page.getByText("Applies at the next start")).toHaveCount(0);
    await page.getByRole("button", { name: "Reset Top", exact: true }).click();
    await expect(top).toHaveValue("5");
    await save.click();
    await page.reload();
    await expect(top).toHaveValue("5");
    await expect(page.getByRole("button", { name: "Reset Top", exact: true })).toHaveCount(0);
  } finally {
    await again.close();
  }
});

test("the theme is chosen among the settings", async ({ page }) => {
  await page.goto("/settings");
  const theme = page.getByRole("radiogroup", { name: "Theme" });
  await theme.getByText("Dark").click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});

test("what runs is copied for a bug report without a path, and licences are found and read", async ({
  page,
  context,
  dataFolder,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/settings?tab=about");
  await page.getByRole("button", { name: "Copy for a bug report" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const text = String(await page.evaluate("navigator.clipboard.readText()"));
  expect(text).toContain("Image encoder: efficientnet-lite0");
  expect(text).not.toContain(dataFolder);
  await page.getByLabel("Search the licences").fill("sharp apache");
  const list = page.getByRole("list", { name: "Licences" });
  await list.getByText("sharp", { exact: false }).last().click();
  await expect(list).toContainText("Apache License");
  expect(await seriousFaults(page)).toEqual([]);
});
