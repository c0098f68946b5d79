import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../fixtures.ts";
import { ROOT } from "../host.ts";

const LAPTOP = join(ROOT, "seed", "images", "laptop.jpg");

// Indexing, a search over the catalogue and a match, on a machine that may be busy.
test.setTimeout(180_000);

test("a product that is there twice is found with evidence, marked as a variant, merged, and put back", async ({
  match,
  page,
  request,
}) => {
  const created = await request.post("/api/v1/products", {
    multipart: {
      ...{ sku: "office-laptop", name: "Office laptop" },
      "pictures[0]": { name: "laptop.jpg", mimeType: "image/jpeg", buffer: readFileSync(LAPTOP) },
    },
  });
  expect(created.status()).toBe(201);
  await expect
    .poll(async () => (await (await request.get("/api/v1/products/office-laptop")).json()).indexState, {
      timeout: 60_000,
    })
    .toBe("indexed");

  await page.goto("/catalogue");
  await page.getByRole("link", { name: "Duplicates" }).click();
  await expect(page.getByText("Not looked for yet")).toBeVisible();
  await page.getByRole("button", { name: "Look for duplicates" }).first().click();
  const card = page.getByRole("article", { name: /Laptop and Office laptop/ });
  await expect(card).toContainText("The very same picture", { timeout: 90_000 });
  await card.getByRole("button", { name: "Variants" }).click();
  await expect(page.getByText("Laptop and Office laptop are variants")).toBeVisible();
  await expect(card).toHaveCount(0);

  await match.open();
  await match.choose(LAPTOP);
  await match.answered();
  await expect(match.verdict).toHaveAttribute("data-verdict", "similar");
  await expect(match.verdict).toContainText("One of 2 variants");

  await page.goto("/catalogue?product=laptop");
  const drawer = page.getByRole("dialog", { name: "Product" });
  await expect(drawer.getByRole("region", { name: "Variants" })).toContainText("Office laptop");
  await drawer.getByRole("button", { name: "Not a variant" }).click();
  await expect(drawer.getByRole("region", { name: "Variants" })).toHaveCount(0);

  // Of one product, from its panel.
  await page.goto("/catalogue?product=office-laptop");
  await drawer.getByRole("tab", { name: "Similar ones" }).click();
  await drawer.getByRole("link", { name: "Find duplicates of this" }).click();
  await expect(page.getByRole("heading", { name: "Duplicates of Office laptop" })).toBeVisible();
  await expect(card).toContainText("The very same picture", { timeout: 60_000 });
  await page.getByRole("link", { name: "Duplicates of all products" }).click();
  await card.getByRole("button", { name: "Keep Laptop, merge Office laptop into it" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Merge" }).click();
  await expect(page.getByText("Office laptop is part of Laptop now")).toBeVisible();
  expect((await request.get("/api/v1/products/office-laptop")).status()).toBe(404);
  await page.getByRole("button", { name: "Decisions" }).click();
  const decisions = page.getByRole("dialog", { name: "Decisions" });
  await expect(decisions).toContainText("Office laptop (office-laptop) was merged into laptop");
  await decisions.getByRole("button", { name: "Undo" }).click();
  await expect(decisions).toContainText("Nothing was merged");
  expect((await request.get("/api/v1/products/office-laptop")).status()).toBe(200);
  await decisions.getByRole("button", { name: "Close" }).click();
  await card.getByRole("button", { name: "Not the same" }).click();
  await expect(page.getByText("Noted: not the same")).toBeVisible();
  await expect(card).toHaveCount(0);
});
