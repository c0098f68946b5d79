import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { chosenEntry as chosen, paletteField as field, openPalette as open, palette } from "../steps/palette.ts";

test("pages, actions and settings are reached by the keyboard alone", async ({ match, page }) => {
  await match.open();
  await open(page);
  await page.keyboard.type("journal");
  await expect(chosen(page)).toContainText("Journal");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/journal$/);
  await expect(palette(page)).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name: "Journal" })).toBeFocused();

  // From within a field as well, and the keyboard is back there when nothing was chosen.
  await page.getByRole("textbox", { name: "Search" }).first().focus();
  await open(page);
  await expect(page.getByRole("group", { name: "Used last" }).getByRole("option")).toHaveText(/^Journal/);
  await page.keyboard.press("Escape");
  await expect(palette(page)).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Search" }).first()).toBeFocused();

  await open(page);
  await page.keyboard.type("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");

  // A setting of a folded section: unfolded, and the keyboard in it.
  await open(page);
  await page.keyboard.type("mongo password");
  await expect(chosen(page)).toContainText("File with the password");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("File with the password")).toBeFocused();
  await expect(page.getByLabel("File with the password")).toBeInViewport();
  await open(page);
  await page.keyboard.type("qdrant");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /^Qdrant/ })).toBeInViewport();

  await open(page);
  await page.keyboard.type("add product");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Add a product" })).toBeVisible();
});

test("the catalogue is taken out from any page: the palette opens the dialog, and its address does", async ({
  match,
  page,
}) => {
  await match.open();
  await open(page);
  await page.keyboard.type("export");
  await expect(chosen(page)).toContainText("Export the catalogue");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Export the catalogue" });
  await expect(dialog.getByRole("button", { name: "Export", exact: true })).toBeVisible();
  expect(await seriousFaults(page)).toEqual([]);
  await page.reload();
  const download = page.waitForEvent("download", { timeout: 60_000 });
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(/\/catalogue$/);
});

test("a product is found as one types, and the entry of now is told to who listens", async ({ page }) => {
  await page.goto("/map");
  await page.getByRole("button", { name: "Search and commands" }).click();
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("sneaker");
  const found = page.getByRole("group", { name: "Products" }).getByRole("option");
  await expect(found.first()).toContainText(/sneaker/i);
  await expect(found.first().locator("img")).toHaveJSProperty("complete", true);
  await expect(chosen(page)).toHaveCount(1);
  await page.keyboard.press("ArrowUp");
  await expect(chosen(page)).toContainText("Search the journal for “sneaker”");
  await page.keyboard.press("ArrowDown");
  const active = await field(page).getAttribute("aria-activedescendant");
  expect(await chosen(page).getAttribute("id")).toBe(active);
  const first = await found.first().locator("span > span").first().textContent();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/catalogue\?product=/);
  await expect(page.getByLabel("Name")).toHaveValue(first ?? "");

  // Enter at once: what the catalogue finds is meant, not what stood there before.
  await page.goto("/map");
  await open(page);
  await page.keyboard.type("laptop");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/catalogue\?product=laptop/);
});

test("words that nothing is called by are asked for, and the run is found again", async ({ match, page }) => {
  await match.open();
  await open(page);
  await page.keyboard.type("shoes for the rain");
  await expect(page.getByText("Nothing is called “shoes for the rain”.")).toBeVisible();
  await page.keyboard.press("Enter");
  await match.answered();
  await open(page);
  const runs = page.getByRole("group", { name: "Recent runs" });
  await expect(runs.getByRole("option").first()).toContainText("“shoes for the rain”");
  await runs.getByRole("option").first().click();
  await expect(page).toHaveURL(/\/journal\?tab=runs&detail=/);
});

test("an engine that is away is said, and the rest still works", async ({ match, page, host, allowedErrors }) => {
  allowedErrors.push(/Failed to load resource/);
  await match.open();
  // What is shown comes from the host that is about to end.
  await page.getByRole("link", { name: "Catalogue" }).click();
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await page.getByRole("link", { name: "Match" }).click();
  await open(page);
  await page.keyboard.press("Escape");
  await host.kill();
  await open(page);
  await page.keyboard.type("sneaker");
  await expect(palette(page).getByRole("alert")).toContainText("can't be searched now");
  await field(page).fill("catalogue");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/catalogue$/);
});

test("in German as in English", async ({ match, page }) => {
  await match.open();
  await open(page);
  await page.keyboard.type("deutsch");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("group", { name: "Aktionen" })).toBeVisible();
  // By its English name too.
  await page.keyboard.type("settings");
  await expect(chosen(page)).toContainText("Einstellungen");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious in it, ${colorScheme}`, async ({ match, page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await match.open();
    await open(page);
    await expect(page.getByRole("option").first()).toBeVisible();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.type("lap");
    await expect(page.getByRole("group", { name: "Products" })).toBeVisible();
    expect(await seriousFaults(page)).toEqual([]);
    await field(page).fill("nothing like it");
    await expect(page.getByText("Nothing is called")).toBeVisible();
    expect(await seriousFaults(page)).toEqual([]);
  });
}
