import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { goTo } from "./go.ts";

type Chosen = string | { name: string; mimeType: string; buffer: Buffer };

const SOON = { timeout: 30_000 };

export const importDialog = (page: Page) => page.getByRole("dialog", { name: "Import products" });

/** Answers the file chooser of the import's dialog. @param file its path, or what stands in it */
export async function chooseFile(dialog: Locator, file: Chosen): Promise<void> {
  const chooser = dialog.page().waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "Choose a file" }).click();
  await (await chooser).setFiles(file);
}

async function open(page: Page): Promise<Locator> {
  await goTo(page, "Catalogue");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const dialog = importDialog(page);
  // What came of the last one stands there until somebody has closed it.
  const another = dialog.getByRole("button", { name: "Import something else" });
  await expect(another.or(dialog.getByRole("button", { name: "Choose a file" }))).toBeVisible();
  if (await another.isVisible()) await another.click();
  return dialog;
}

/**
 * A list with one bad row: seen as it would be read, tried without writing, imported; the bad row is shown by its line,
 * corrected, and goes in.
 * @param folder where the list is put
 */
export async function importList(page: Page, folder: string): Promise<void> {
  const list = join(folder, "list.csv");
  const rows = ["sku,name,price,currency", "ladder-1,Ladder of wood,12.50,EUR", "ladder-2,Ladder of steel,cheap,EUR"];
  writeFileSync(list, rows.join("\n"));
  const dialog = await open(page);
  await chooseFile(dialog, list);
  await expect(dialog.getByRole("table", { name: "First rows" })).toContainText("Ladder of wood", SOON);
  await dialog.getByRole("button", { name: "Try without writing" }).click();
  await expect(dialog.getByText("Nothing was written.")).toBeVisible(SOON);
  await expect(dialog.getByText("New: 1")).toBeVisible();
  await dialog.getByText("Not good: 1").click();
  await expect(dialog.getByText(/"cheap" is no price/)).toBeVisible();

  await dialog.getByRole("button", { name: "Start the import" }).click();
  await expect(dialog.getByText("Imported: list.csv")).toBeVisible(SOON);
  const bad = dialog.getByRole("table", { name: "Rows with a problem" }).getByRole("row");
  await expect(bad).toHaveCount(2);
  await expect(bad.nth(1)).toContainText('"cheap" is no price');
  await dialog.getByLabel("price, line 3").fill("2.50");
  await dialog.getByRole("button", { name: "Run 1 corrected row" }).click();
  await expect(bad).toHaveCount(0);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByLabel("Search the catalogue").fill("ladder");
  await expect(page.getByRole("row", { name: /Ladder of/ })).toHaveCount(2);
}

/** A file that is no list: said with its name and what to do, and another can be chosen. @param folder where it is put */
export async function importBrokenFile(page: Page, folder: string): Promise<void> {
  const file = join(folder, "broken.xlsx");
  writeFileSync(file, "no workbook at all");
  const dialog = await open(page);
  await chooseFile(dialog, file);
  const problem = dialog.getByRole("alert");
  await expect(problem).toContainText("broken.xlsx", SOON);
  await expect(problem).toContainText("IMPORT_UNREADABLE");
  await dialog.getByRole("button", { name: "Import something else" }).click();
  await expect(dialog.getByRole("button", { name: "Choose a file" })).toBeVisible();
  await page.keyboard.press("Escape");
}
