import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { ROOT } from "./host.ts";
import { QUERIES } from "./match-page.ts";

test("a product is added, recognised, changed, deleted, and put back", async ({ match, page }) => {
  await page.goto("/catalogue");
  await page.getByRole("button", { name: "Add a product" }).click();
  const form = page.getByRole("form", { name: "Product" });
  await form.getByRole("button", { name: "Add" }).click();
  await expect(form.getByText("This is needed.")).toHaveCount(2);

  await form.getByLabel("Name").fill("Espresso, small");
  await form.getByLabel("SKU").fill("espresso-1");
  await form.getByLabel("Category").fill("Drinks");
  await form.getByLabel("Price").fill("2,40");
  await form.getByLabel("Currency").fill("eur");
  const chooser = page.waitForEvent("filechooser");
  await page.getByLabel("Pictures").click();
  await (await chooser).setFiles(join(QUERIES, "not-here-coffee.jpg"));
  await form.getByRole("button", { name: "Add" }).click();
  const drawer = page.getByRole("dialog", { name: "Product" });
  await expect(drawer.getByText("Ready")).toBeVisible({ timeout: 20_000 });

  await drawer.getByLabel("Price").fill("2.60");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Espresso, small is saved.")).toBeVisible();
  await drawer.getByRole("button", { name: "Close" }).click();
  await page.getByLabel("Search the catalogue").fill("espresso");
  const row = page.getByRole("row", { name: /espresso-1/ });
  await expect(row).toContainText("€2.60");
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page).toHaveURL(/text=espresso/);

  await match.open();
  await match.drop(join(QUERIES, "not-here-coffee.jpg"));
  await match.answered();
  await expect(match.product).toContainText("espresso-1");
  await match.product.getByRole("link", { name: "Espresso, small" }).click();

  await page.getByRole("button", { name: "Delete this product" }).click();
  await expect(page.getByText("Espresso, small is deleted")).toBeVisible();
  await page.goto("/catalogue?text=espresso");
  await expect(page.getByText("No product fits")).toBeVisible();
});

test("a deletion can be undone", async ({ page }) => {
  await page.goto("/catalogue?product=laptop");
  await page.getByRole("button", { name: "Delete this product" }).click();
  await expect(page.getByText("53 products").first()).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("54 products").first()).toBeVisible();
  await page.goto("/catalogue?product=laptop");
  await expect(page.getByRole("img", { name: "Picture 1 of Laptop" })).toBeVisible();
});

test("pictures are added and taken away; a bad one is refused with its name", async ({ page, allowedErrors }) => {
  allowedErrors.push(/Failed to load resource/);
  await page.goto("/catalogue?product=laptop");
  const pictures = page.getByRole("region", { name: "Pictures" });
  const add = async (file: string | { name: string; mimeType: string; buffer: Buffer }) => {
    const chooser = page.waitForEvent("filechooser");
    await pictures.getByRole("button", { name: "Add a picture" }).click();
    await (await chooser).setFiles(file);
  };
  await add(join(QUERIES, "not-here-bowl.jpg"));
  await expect(pictures.locator("img")).toHaveCount(2);
  await add({ name: "fake.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
  await expect(pictures.getByRole("alert")).toContainText("fake.jpg");
  await pictures.getByRole("button", { name: "What to do with picture 2" }).click();
  await page.getByRole("menuitem", { name: "Take it away" }).click();
  await expect(pictures.locator("img")).toHaveCount(1);
});

test("facets and order live in the address", async ({ page }) => {
  await page.goto("/catalogue");
  await expect(page.getByText("54 products").first()).toBeVisible();
  await page.getByRole("button", { name: "Category", exact: true }).first().click();
  await page.getByRole("checkbox", { name: /^Plants/ }).check();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/category=Plants/);
  const price = page.getByRole("columnheader", { name: "Price" });
  await price.getByRole("button").click();
  await expect(price).toHaveAttribute("aria-sort", "ascending");
  await price.getByRole("button").click();
  await expect(price).toHaveAttribute("aria-sort", "descending");
  await page.reload();
  await expect(price).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("row").nth(1)).toContainText("Plants");
});

test.describe("an import into an empty catalogue", () => {
  test.use({ seeded: false });

  test("shows progress and what failed, and survives a change of page", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Import products" }).click();
    const dialog = page.getByRole("dialog", { name: "Import products" });
    const chooser = page.waitForEvent("filechooser");
    await dialog.getByRole("button", { name: "Choose a folder" }).click();
    await (await chooser).setFiles(join(ROOT, "seed"));
    await dialog.getByRole("button", { name: "Start the import" }).click({ timeout: 30_000 });
    await expect(dialog.getByTestId("import-line")).toBeVisible({ timeout: 20_000 });

    await dialog
      .getByRole("button", { name: /Go on working|^Close$/ })
      .first()
      .click();
    await page.getByRole("link", { name: "Journal" }).click();
    await page.getByRole("link", { name: "Catalogue" }).click();
    await expect(page.getByText("54 products").first()).toBeVisible({ timeout: 45_000 });
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await expect(dialog.getByTestId("import-line").or(dialog.getByText("Drop a CSV"))).toBeVisible();
  });

  test("takes the sample by one click", async ({ page }) => {
    await page.goto("/catalogue");
    await page.getByRole("button", { name: "Try the sample" }).click();
    const dialog = page.getByRole("dialog", { name: "Import products" });
    await expect(dialog.getByText("Imported: products.csv")).toBeVisible({ timeout: 45_000 });
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(page.getByText("54 products").first()).toBeVisible();
  });

  test("reports bad rows with their line and puts the rest in", async ({ page }) => {
    const csv = ["sku,name,price,currency", "a,Good,1.50,EUR", "b,Bad,-3,EUR", "a,Again,2,EUR", "c,Fine,2.00,EUR"];
    await page.goto("/catalogue?import=1");
    const dialog = page.getByRole("dialog", { name: "Import products" });
    const chooser = page.waitForEvent("filechooser");
    await dialog.getByRole("button", { name: "Choose a file" }).click();
    await (await chooser).setFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(csv.join("\n")) });
    await dialog.getByRole("button", { name: "Start the import" }).click({ timeout: 20_000 });
    await expect(dialog.getByText("Imported: list.csv")).toBeVisible({ timeout: 20_000 });
    const failures = dialog.getByRole("table", { name: "Rows with a problem" });
    await expect(failures.getByRole("row")).toHaveCount(3);
    await expect(failures.getByRole("row").nth(1)).toContainText("3");
    await expect(failures.getByRole("row").nth(1)).toContainText("price");
    await expect(failures.getByRole("row").nth(2)).toContainText("4");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(page.getByText("2 products").first()).toBeVisible();
  });
});
