import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { QUERIES } from "./match-page.ts";

const COFFEE = join(QUERIES, "not-here-coffee.jpg");

// Three answers and an indexing each, on a machine that may be busy.
test.setTimeout(150_000);

test("a photo whose answer was put right becomes a picture of its product, finds it, and is taken off again", async ({
  match,
  page,
}) => {
  await match.open();
  await match.choose(COFFEE);
  await match.answered();
  await expect(match.product).not.toContainText("laptop");
  await page.getByRole("button", { name: "Wrong", exact: true }).click();
  await page.getByRole("combobox", { name: "The product that it is" }).fill("laptop");
  await page.getByRole("option", { name: /Laptop \(laptop\)/ }).click();
  await expect(page.getByTestId("feedback-note")).toContainText("Noted: it is laptop");
  await page.getByRole("button", { name: "Add this photo to its pictures" }).click();
  await expect(page.getByText("The photo is one of its pictures now.")).toBeVisible();

  await page.goto("/catalogue?confirmed=true&product=laptop");
  const drawer = page.getByRole("dialog", { name: "Product" });
  await expect(drawer.getByText("Ready")).toBeVisible({ timeout: 20_000 });
  await expect(drawer.getByRole("link", { name: "Confirmed" })).toHaveCount(1);
  await expect(page.getByRole("row", { name: /laptop/ })).toBeAttached();

  await match.open();
  await match.drop(COFFEE);
  await match.answered();
  await expect(match.verdict).toHaveAttribute("data-verdict", "match");
  await expect(match.product).toContainText("laptop");

  // The first run still knows its photo, and its answer can be changed there.
  await page.goto("/catalogue?product=laptop");
  await drawer.getByRole("link", { name: "Confirmed" }).click();
  const run = page.getByRole("dialog", { name: "Run" });
  await expect(run.getByText("Another one: laptop")).toBeVisible();
  await run.getByRole("button", { name: "Take it off" }).click();
  await expect(run.getByRole("button", { name: "Add this photo to its pictures" })).toBeVisible();
  await page.goto("/catalogue?confirmed=true");
  await expect(page.getByText("No product fits")).toBeVisible();
});

test("settings decide: always adds and says so, another answer takes it off; never offers nothing", async ({
  match,
  page,
  request,
}) => {
  const choose = async (value: string) => {
    const reply = await request.patch("/api/v1/settings", { data: { changes: { "learn.confirmedPhotos": value } } });
    expect(reply.ok()).toBe(true);
  };
  await choose("always");
  await match.open();
  await match.choose(join(QUERIES, "sneakers-turned.jpg"));
  await match.answered();
  await page.getByRole("button", { name: "Right", exact: true }).click();
  await expect(page.getByText("The photo is one of its pictures now.")).toBeVisible();
  await page.getByRole("button", { name: "Not in the catalogue", exact: true }).click();
  await expect(page.getByText("The photo is one of its pictures now.")).toBeHidden();
  await expect
    .poll(async () => (await (await request.get("/api/v1/products/allstar-sneakers")).json()).pictures.length)
    .toBe(1);

  await choose("never");
  await match.open();
  await match.choose(join(QUERIES, "sneakers-turned.jpg"));
  await match.answered();
  await page.getByRole("button", { name: "Right", exact: true }).click();
  await expect(page.getByTestId("feedback-note")).toContainText("Noted: right");
  await expect(page.getByRole("button", { name: "Add this photo to its pictures" })).toHaveCount(0);
});
