import { expect, type Locator, type Page } from "@playwright/test";
import { goTo } from "./go.ts";

export const rowOf = (page: Page, name: RegExp) => page.getByRole("row", { name });

const BRAND = 4;

/** The cell of a product's brand, in the columns that the grid has at first. */
export const brandOf = (row: Locator) => row.getByRole("gridcell").nth(BRAND);

/** Edits a cell in its place by a double click and Enter. @param field as the column is called */
export async function editCell(page: Page, cell: Locator, field: string, value: string): Promise<void> {
  await cell.dblclick();
  const input = page.getByRole("textbox", { name: field });
  await input.fill(value);
  await input.press("Enter");
  await expect(cell).toHaveText(value);
}

export async function filterBy(page: Page, facet: string, value: string): Promise<void> {
  await page.getByRole("button", { name: facet, exact: true }).first().click();
  await page.getByRole("checkbox", { name: new RegExp(`^${value}`) }).check();
  await page.keyboard.press("Escape");
}

const search = (page: Page) => page.getByLabel("Search the catalogue");

/** Products are searched, one is edited in its place, they are filtered, and a deleted one is brought back. */
export async function manageCatalogue(page: Page): Promise<void> {
  await goTo(page, "Catalogue");
  await search(page).fill("laptop");
  const laptop = rowOf(page, /laptop/i);
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page).toHaveURL(/text=laptop/);
  await editCell(page, brandOf(laptop), "Brand", "Fjord");
  await page.reload();
  await expect(brandOf(laptop)).toHaveText("Fjord");

  await goTo(page, "Catalogue");
  await filterBy(page, "Category", "Plants");
  await expect(page).toHaveURL(/category=Plants/);
  await expect(laptop).toHaveCount(0);
  const others = page.getByRole("row").filter({ hasNotText: "Plants" });
  // The heading.
  await expect(others).toHaveCount(1);

  await search(page).fill("cactus");
  const cactus = rowOf(page, /cactus/i).first();
  await cactus.getByRole("button").first().click();
  await page.getByRole("button", { name: "Delete this product" }).click();
  await expect(page.getByText("No product fits")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(cactus).toContainText("Plants");
}
