import { expect, test } from "../fixtures.ts";
import { brandOf, editCell, rowOf } from "../steps/catalogue.ts";

// An engine with its models, on a machine that may be busy.
test.setTimeout(180_000);

test("cells are edited in place: checked, saved, cancelled, and refused where the product changed meanwhile", async ({
  page,
  request,
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  await page.goto("/catalogue?text=laptop&sort=sku");
  const cell = brandOf(rowOf(page, /laptop/));
  const input = page.getByRole("textbox", { name: "Brand" });
  await editCell(page, cell, "Brand", "Fjord");
  expect((await (await request.get("/api/v1/products/laptop")).json()).brand).toBe("Fjord");

  // By the keyboard, from the cell where the edit ended.
  const grid = page.getByRole("grid", { name: "Products" });
  await expect(grid).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("F2");
  await input.fill("never");
  await input.press("Escape");
  await expect(cell).toHaveText("Fjord");

  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const price = page.getByRole("textbox", { name: "Price" });
  await price.fill("-3");
  await price.press("Enter");
  await expect(page.getByRole("alert")).toContainText("price");
  await price.press("Escape");

  await cell.dblclick();
  await request.patch("/api/v1/products/laptop", { data: { brand: "Theirs" } });
  await input.fill("Mine");
  await input.press("Enter");
  await expect(page.getByRole("alert")).toContainText("it says “Theirs” now");
  await input.press("Enter");
  await expect(cell).toHaveText("Mine");
});

test("columns are chosen, ordered, widened and kept", async ({ page }) => {
  await page.goto("/catalogue");
  await expect(page.getByText("54 products").first()).toBeVisible();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Barcode" }).check();
  await page.getByRole("checkbox", { name: "Brand" }).uncheck();
  await page.getByRole("button", { name: "Move Barcode to the left" }).click();
  await page.keyboard.press("Escape");
  const headings = page.getByRole("columnheader");
  await expect(headings).toHaveText(["", "Product", "SKU", "Category", "Price", "Barcode", "State"]);
  const handle = page.getByRole("separator", { name: "Width of SKU" });
  await handle.focus();
  await handle.press("ArrowRight");
  const width = await handle.getAttribute("aria-valuenow");
  await page.reload();
  await expect(headings).toHaveText(["", "Product", "SKU", "Category", "Price", "Barcode", "State"]);
  await expect(handle).toHaveAttribute("aria-valuenow", width ?? "");
});

test("products are chosen by range and by filter, changed together, deleted together, and all of it is undone", async ({
  page,
  request,
}) => {
  await page.goto("/catalogue?sort=sku");
  const boxes = page.getByRole("gridcell").getByRole("checkbox");
  await boxes.nth(0).click();
  await boxes.nth(3).click({ modifiers: ["Shift"] });
  await expect(page.getByText("4 products chosen")).toBeVisible();
  await page.getByRole("button", { name: "Choose all 54" }).click();
  await boxes.nth(1).click();
  await expect(page.getByText("53 products chosen")).toBeVisible();

  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit 53 products" });
  await dialog.getByLabel("Brand").fill("Together");
  await dialog.getByRole("button", { name: "Change them" }).click();
  const status = page.getByRole("status", { name: "Bulk change" });
  await expect(status).toContainText("53 products are changed", { timeout: 60_000 });
  const branded = async () => (await (await request.get("/api/v1/products?brand=Together")).json()).total;
  expect(await branded()).toBe(53);
  await status.getByRole("button", { name: "Undo" }).click();
  await expect(status).toContainText("53 products are as they were", { timeout: 60_000 });
  expect(await branded()).toBe(0);

  await page.getByRole("grid").focus();
  await page.keyboard.press("Control+a");
  await expect(page.getByText("54 products chosen")).toBeVisible();
  await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("The catalogue is empty")).toBeVisible({ timeout: 60_000 });
  await status.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("54 products", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
});

test("a filter is saved under a name, found again, and removed with a way back", async ({ page }) => {
  await page.goto("/catalogue?category=Plants&sort=price");
  await page.getByRole("button", { name: "Saved filters" }).click();
  await page.getByRole("textbox", { name: "Name of the filter" }).fill("Green things");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.goto("/catalogue");
  await page.getByRole("button", { name: "Saved filters" }).click();
  await page.getByRole("button", { name: "Green things", exact: true }).click();
  await expect(page).toHaveURL(/category=Plants/);
  await expect(page.getByRole("columnheader", { name: "Price" })).toHaveAttribute("aria-sort", "ascending");
  await page.getByRole("button", { name: "Green things", exact: true }).first().click();
  await page.getByRole("button", { name: "Remove the filter Green things" }).click();
  await expect(page.getByRole("button", { name: "Saved filters" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "Green things", exact: true }).first()).toBeVisible();
});
