import { expect, test } from "../fixtures.ts";

test.describe("on a German system", () => {
  test.use({ locale: "de-CH" });

  test("the pages are German, until another language is chosen", async ({ page }) => {
    await page.goto("/settings#settings-appearance");
    const html = page.locator("html");
    await expect(html).toHaveAttribute("lang", "de");
    await expect(page.getByRole("link", { name: "Katalog" })).toBeVisible();
    await page.getByRole("radiogroup", { name: "Sprache" }).getByText("English").click();
    await expect(html).toHaveAttribute("lang", "en");
    await expect(page.getByRole("link", { name: "Catalogue" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("link", { name: "Catalogue" })).toBeVisible();
    await page.getByRole("radiogroup", { name: "Language" }).getByText("As the system").click();
    await expect(html).toHaveAttribute("lang", "de");
  });
});
