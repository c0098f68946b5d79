import { join } from "node:path";
import { expect, test } from "../fixtures.ts";
import { QUERIES } from "../match-page.ts";

test.setTimeout(180_000);

test("pictures are sorted by the keyboard, cropped and replaced; the history says so and takes a step back", async ({
  page,
  request,
}) => {
  await page.goto("/catalogue?product=laptop");
  const pictures = page.getByRole("region", { name: "Pictures" });
  const chooser = page.waitForEvent("filechooser");
  await pictures.getByRole("button", { name: "Add a picture" }).click();
  await (await chooser).setFiles(join(QUERIES, "not-here-bowl.jpg"));
  await expect(pictures.locator("img")).toHaveCount(2);
  const hashes = async (): Promise<string[]> => {
    const product = await (await request.get("/api/v1/products/laptop")).json();
    return product.pictures.map(({ hash }: { hash: string }) => hash);
  };
  const [first, second] = await hashes();

  const grip = pictures.getByRole("button", { name: "Move picture 2 of 2" });
  await grip.focus();
  await page.keyboard.press("Space");
  await expect(page.getByText("It is at place 2 of 2.")).toBeAttached();
  // The keys are heard from the next task on.
  await expect(async () => {
    await page.keyboard.press("ArrowLeft");
    await expect(page.getByText("It is at place 1 of 2.")).toBeAttached({ timeout: 1_000 });
  }).toPass();
  await page.keyboard.press("Space");
  await expect.poll(hashes).toEqual([second, first]);

  await pictures.getByRole("button", { name: "What to do with picture 1" }).click();
  await page.getByRole("menuitem", { name: "Crop" }).click();
  const dialog = page.getByRole("dialog", { name: "Crop the picture" });
  await expect(dialog.getByText(/pixels stay/)).toBeVisible();
  await dialog.getByRole("button", { name: "Crop", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await hashes())[0]).not.toBe(second);
  expect((await hashes())[1]).toBe(first);

  await page.getByRole("tab", { name: "History" }).click();
  const history = page.getByRole("list", { name: "History" });
  await expect(history.getByRole("listitem").first()).toContainText("Pictures");
  await history.getByRole("button", { name: "Revert" }).first().click();
  await expect.poll(hashes).toEqual([second, first]);
  await expect(page).toHaveURL(/tab=history/);
});

test("a deleted product is put back from the bin with its history; the likest others are shown", async ({ page }) => {
  await page.goto("/catalogue?product=laptop");
  await page.getByRole("button", { name: "Delete this product" }).click();
  await expect(page.getByText("53 products").first()).toBeVisible();
  await page.goto("/catalogue");
  await page.getByRole("button", { name: "Deleted products" }).click();
  const bin = page.getByRole("dialog", { name: "Deleted products" });
  await bin.getByRole("button", { name: /Put Laptop/ }).click();
  await expect(bin.getByText("Nothing was deleted.")).toBeVisible();
  await expect(page.getByText("54 products").first()).toBeVisible();

  await page.goto("/catalogue?product=laptop&tab=history");
  const history = page.getByRole("list", { name: "History" });
  await expect(history.getByRole("listitem").first()).toContainText("Put back");
  await page.getByRole("tab", { name: "Similar ones" }).click();
  const similar = page.getByRole("list", { name: "Similar ones" });
  await expect(similar.getByRole("listitem").first()).toBeVisible({ timeout: 60_000 });
});

test("a form that was filled before somebody else's change is refused, and shows what it says now", async ({
  page,
  request,
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  await page.goto("/catalogue?product=laptop");
  const form = page.getByRole("form", { name: "Product" });
  await form.getByLabel("Brand").fill("Mine");
  await request.patch("/api/v1/products/laptop", { data: { category: "Theirs" } });
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toContainText("was changed meanwhile");
  await form.getByRole("button", { name: "Show what it says now" }).click();
  await expect(form.getByLabel("Category")).toHaveValue("Theirs");
});
