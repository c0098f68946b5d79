import { expect, type Page } from "@playwright/test";
import sharp from "sharp";
import { goTo } from "./go.ts";

export const plane = (page: Page) => page.getByRole("application", { name: /^Map of/ });

/** Lays the catalogue out, anew where it is. */
export async function makeMap(page: Page, products: number): Promise<void> {
  await page.getByRole("button", { name: "Make the map anew" }).first().click();
  await expect(plane(page)).toHaveAccessibleName(new RegExp(`^Map of ${products} products`), { timeout: 60_000 });
}

/** How many colours stand on the map that are no greys: its ground is one. */
async function coloursDrawn(page: Page): Promise<number> {
  const { data } = await sharp(await plane(page).locator("canvas").screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const colours = new Map<number, number>();
  for (let at = 0; at < data.length; at += 3) {
    const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
    if (Math.max(r, g, b) - Math.min(r, g, b) < 48) continue;
    const colour = (r << 16) | (g << 8) | b;
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  // A point is a disc of 12 pixels; its edge is mixed of many colours, a pixel each.
  return [...colours.values()].filter((pixels) => pixels > 50).length;
}

/** The catalogue is laid out and drawn, coloured by another thing, and a product of it looked at. */
export async function exploreMap(page: Page, products: number): Promise<void> {
  await goTo(page, "Map");
  await makeMap(page, products);
  await expect.poll(() => coloursDrawn(page)).toBeGreaterThan(5);
  const legend = page.getByRole("region", { name: "Legend" });
  await expect(legend.getByRole("button", { name: /^Footwear\s*6$/ })).toBeVisible();
  await page.getByRole("combobox", { name: "Coloured by" }).click();
  await page.getByRole("option", { name: "Price" }).click();
  await expect(page).toHaveURL(/by=price/);
  await expect(legend.getByRole("button", { name: /^Footwear/ })).toHaveCount(0);
  await expect(legend.getByRole("button")).not.toHaveCount(0);

  await page.getByRole("combobox", { name: "Find a product on the map" }).fill("allstar");
  await page.getByRole("option", { name: /Allstar Sneakers/ }).click();
  const near = page.getByRole("region", { name: "The product and its neighbours" });
  await expect(near.getByRole("link", { name: "Allstar Sneakers" })).toBeVisible();
  expect(await near.getByRole("listitem").count()).toBeGreaterThan(5);
  // It lies in the middle now, and says its name under the pointer.
  const box = await plane(page).boundingBox();
  if (box === null) throw new Error("The map has no place on the page");
  await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await expect(plane(page).getByText("Allstar Sneakers")).toBeVisible();
}
