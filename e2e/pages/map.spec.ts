import { join } from "node:path";
import type { Page } from "@playwright/test";
import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { QUERIES } from "../match-page.ts";
import { makeMap as makeMapOf, plane } from "../steps/map.ts";

test.setTimeout(120_000);

async function makeMap(page: Page): Promise<void> {
  await page.goto("/map");
  await makeMapOf(page, 54);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the catalogue is laid out, a product found on it, and a legend entry stands out, ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await makeMap(page);
    const legend = page.getByRole("region", { name: "Legend" });
    await expect(legend.getByRole("button", { name: /^Footwear\s*6$/ })).toBeVisible();
    await legend.getByRole("button", { name: /^Footwear/ }).click();
    await expect(legend.getByRole("button", { name: /^Footwear/ })).toHaveAttribute("aria-pressed", "true");

    await page.getByRole("combobox", { name: "Find a product on the map" }).fill("allstar");
    await page.getByRole("option", { name: /Allstar Sneakers/ }).click();
    const near = page.getByRole("region", { name: "The product and its neighbours" });
    await expect(near.getByRole("link", { name: "Allstar Sneakers" })).toBeVisible();
    expect(await near.getByRole("listitem").count()).toBeGreaterThan(5);
    await expect(page).toHaveURL(/product=allstar-sneakers/);
    expect(await seriousFaults(page)).toEqual([]);

    await page.getByRole("combobox", { name: "Coloured by" }).click();
    await page.getByRole("option", { name: "Price" }).click();
    await expect(page).toHaveURL(/by=price/);
    await expect(legend.getByRole("button")).not.toHaveCount(0);
    await page.reload();
    await expect(near.getByRole("link", { name: "Allstar Sneakers" })).toBeVisible();
  });
}

test("an outline takes products; the pointer shows them; keys zoom", async ({ page }) => {
  await makeMap(page);
  const canvas = plane(page).locator("canvas");
  const before = await canvas.getAttribute("data-zoom");
  await plane(page).focus();
  await page.keyboard.press("+");
  await expect(canvas).not.toHaveAttribute("data-zoom", before ?? "");
  await page.keyboard.press("0");
  await expect(canvas).toHaveAttribute("data-zoom", before ?? "");

  const box = await plane(page).boundingBox();
  if (box === null) throw new Error("The map has no place on the page");
  await page.getByRole("button", { name: "Outline" }).click();
  const corners = [
    [0.02, 0.02],
    [0.98, 0.02],
    [0.98, 0.98],
    [0.02, 0.98],
    [0.02, 0.05],
  ] as const;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(corners[0]));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...at(corner), { steps: 5 });
  await page.mouse.up();
  await expect(page.getByRole("region", { name: "54 outlined" })).toBeVisible();
  await page.getByRole("button", { name: "Close", exact: true }).click();

  // A product that is in the middle is under the pointer there.
  await page.goto("/map?product=allstar-sneakers");
  await expect(plane(page)).toBeVisible();
  await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await expect(plane(page).getByText("Allstar Sneakers")).toBeVisible();
});

test("a photo lies beside what it shows", async ({ match, page }) => {
  await makeMap(page);
  await match.open();
  await match.drop(join(QUERIES, "sneakers-turned.jpg"));
  await match.answered();
  await page.getByRole("tab", { name: "Why" }).click();
  await page.getByRole("link", { name: "Show it on the map" }).click();
  await expect(plane(page).locator("[data-photo]")).toBeVisible();
  await expect(page.getByRole("region", { name: "The product and its neighbours" })).toContainText("Allstar Sneakers");
});

test.describe("without products", () => {
  test.use({ seeded: false });
  test("there is nothing to lay out, and the way to products is shown", async ({ page }) => {
    await page.goto("/map");
    await page.getByRole("button", { name: "Make the map", exact: true }).click();
    await expect(page.getByText("Nothing to lay out")).toBeVisible();
    await page.getByRole("link", { name: "Add products or import a list" }).click();
    await expect(page).toHaveURL(/\/catalogue$/);
  });
});

test("a run that is gone is said, and the map stays", async ({ page, allowedErrors }) => {
  allowedErrors.push(/404/);
  await makeMap(page);
  await page.goto("/map?run=no-such-run");
  await expect(page.getByRole("alert")).toContainText("RUN_NOT_FOUND");
  await expect(plane(page)).toBeVisible();
});
