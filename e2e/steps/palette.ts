import { expect, type Page } from "@playwright/test";

export const palette = (page: Page) => page.getByRole("dialog", { name: "Search and commands" });
export const paletteField = (page: Page) => page.getByRole("combobox", { name: "Search and commands" });
export const chosenEntry = (page: Page) => page.getByRole("option", { selected: true });

export async function openPalette(page: Page): Promise<void> {
  // Its keys are heard once the app stands.
  await expect(page.getByRole("button", { name: "Search and commands" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(paletteField(page)).toBeFocused();
}

/** A page is gone to, and a product found, by the keyboard alone. */
export async function goByKeys(page: Page): Promise<void> {
  await openPalette(page);
  await page.keyboard.type("journal");
  await expect(chosenEntry(page)).toContainText("Journal");
  await page.keyboard.press("Enter");
  await expect(palette(page)).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name: "Journal" })).toBeFocused();

  await openPalette(page);
  await page.keyboard.type("sneaker");
  const found = page.getByRole("group", { name: "Products" }).getByRole("option");
  await expect(found.first()).toContainText(/sneaker/i);
  const name = await found.first().locator("span > span").first().textContent();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/catalogue\?product=/);
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue(name ?? "");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/product=/);
}
