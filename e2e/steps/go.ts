import { expect, type Page } from "@playwright/test";

/**
 * The pages' main journeys, by links, words and keys alone: they run in a browser and in the app's own window, whatever
 * the catalogue lies in. Each begins with the sample catalogue, wherever the one before has ended.
 */

/** Opens a page by the navigation, as it is without filters. @param name as the navigation has it */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
}
