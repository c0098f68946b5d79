import type { Page } from "@playwright/test";
import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";

/** What holds on every page. */

const PAGES = [
  "/",
  "/catalogue",
  "/catalogue/duplicates",
  "/batch",
  "/map",
  "/journal",
  "/evaluate",
  "/stack",
  "/settings",
  "/settings?tab=data",
  "/settings?tab=about",
];

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await page.waitForLoadState("networkidle");
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on any page, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(240_000);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const found: string[] = [];
    for (const path of PAGES) {
      await open(page, path);
      found.push(...(await seriousFaults(page)).map((fault) => `${path}: ${fault}`));
    }
    expect(found).toEqual([]);
  });
}
