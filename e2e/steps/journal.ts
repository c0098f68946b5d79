import { expect, type Page } from "@playwright/test";
import { goTo } from "./go.ts";

export const lines = (page: Page) =>
  page.getByRole("list", { name: "Journal lines, newest first" }).getByRole("listitem");

/** @param name as the filter has it; several may be chosen until Escape */
export async function chooseLevel(page: Page, name: string): Promise<void> {
  await page.getByRole("combobox", { name: "Level" }).click();
  await page.getByRole("option", { name, exact: true }).click();
  await page.keyboard.press("Escape");
}

/** Opens the run of a photo. @returns its drawer */
export async function openRun(page: Page, photo: string) {
  await page
    .getByRole("row", { name: new RegExp(photo) })
    .first()
    .getByRole("button")
    .click();
  return page.getByRole("dialog", { name: "Run" });
}

/** Lines are filtered by level and words, which the address keeps; a run's stages stand under each other. @param photo that was matched */
export async function readJournal(page: Page, photo: string): Promise<void> {
  await goTo(page, "Journal");
  await expect(lines(page).first()).toBeVisible({ timeout: 30_000 });
  await chooseLevel(page, "Information");
  await page.getByRole("textbox", { name: "Search the journal" }).fill("Import done");
  await expect(page).toHaveURL(/level=info.*text=Import/);
  await expect(lines(page).first()).toContainText("Import done");
  await expect(lines(page).filter({ hasNotText: "Import done" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Search the journal" })).toHaveValue("Import done");
  await expect(lines(page).first()).toContainText("Import done");
  await expect(lines(page).filter({ hasNotText: "Import done" })).toHaveCount(0);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/journal$/);

  await page.getByRole("tab", { name: "Runs" }).click();
  const run = await openRun(page, photo);
  const stages = run.getByRole("table", { name: "Timings by stage" });
  for (const stage of ["decode", "encode", "search", "total"]) await expect(stages).toContainText(stage);
  await expect(run.getByRole("img", { name: photo })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(run).toBeHidden();
}
