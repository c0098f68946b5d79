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

  test("what the engine says of itself is German too, in the words of this release", async ({ page }) => {
    await page.goto("/settings");
    const calibration = page.getByRole("region", { name: "Kalibrierung" });
    await expect(calibration).toContainText(/Antworten zu \d+ Produkten des Beispielkatalogs/);
    const parts = page.getByRole("main");
    await expect(parts).toContainText(/\d+ Bildvektoren, \d+ Textvektoren\./);
    await expect(parts).toContainText(/54 Produkte in /);
    await expect(parts).not.toContainText(/image vectors|products in|as the app recognises/);
  });
});
