import { expect, type Page } from "@playwright/test";
import { goTo } from "./go.ts";
import { tray, trayButton } from "./tray.ts";

export const evaluationForm = (page: Page) => page.getByRole("form", { name: "New evaluation" });
export const evaluationLine = (page: Page) => page.getByTestId("evaluation-line");

/** Starts one of queries that are made, from the page as it stands. @param products as many as there are where left out */
export async function startEvaluation(page: Page, products?: number): Promise<void> {
  const form = evaluationForm(page);
  const again = page.getByRole("button", { name: "New evaluation" });
  await expect(form.or(again).first()).toBeVisible();
  if (await again.isVisible()) await again.click();
  if (products !== undefined) await form.getByLabel("Products to ask for").fill(String(products));
  await form.getByRole("button", { name: "Start" }).click();
}

/** Queries are made of two products, asked, and what came of them is a table. */
export async function evaluateTwoProducts(page: Page): Promise<void> {
  await goTo(page, "Evaluate");
  await startEvaluation(page, 2);
  const report = page.getByRole("article", { name: "Made of the catalogue" });
  await expect(report).toBeVisible({ timeout: 120_000 });
  await expect(report.getByRole("region", { name: "Found first" })).toContainText("%");
  const systems = report.getByRole("table", { name: "Ways of answering" });
  await expect(systems.getByRole("row", { name: /^Plain encoder/ })).toContainText(/[01]\.\d{3}/);
  await report.getByRole("tab", { name: "By kind" }).click();
  const kinds = report.getByRole("table", { name: "By transformation and severity" });
  await expect(kinds.getByRole("row")).not.toHaveCount(1);
}

/** A long evaluation is seen in the tray from another page, after a reload too; from there it is come back to and cancelled. */
export async function followEvaluation(page: Page): Promise<void> {
  await goTo(page, "Evaluate");
  await startEvaluation(page);
  await expect(evaluationLine(page)).toContainText("queries", { timeout: 60_000 });
  await goTo(page, "Catalogue");
  await page.reload();
  await expect(trayButton(page)).toHaveAccessibleName(/^Activity: Evaluation/);
  await trayButton(page).click();
  const row = tray(page)
    .getByRole("listitem")
    .filter({ has: page.getByRole("progressbar") });
  await row.getByRole("link", { name: "Evaluation" }).click();
  await expect(evaluationLine(page)).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "Cancelled" })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Take it off the list" }).click();
  await expect(page.getByRole("heading", { name: "Cancelled" })).toHaveCount(0);
}
