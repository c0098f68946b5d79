import type { Page } from "@playwright/test";
import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { countShifts, layoutFaults, shiftsOf } from "../layout.ts";

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

/** What a page shows beside that under an address of its own. */
const PLACES = [
  "/catalogue?view=wall",
  "/catalogue?import=1",
  "/catalogue?bin=1",
  "/journal?tab=errors",
  "/journal?tab=runs",
  "/journal?tab=charts",
];

const SMALL = { width: 1024, height: 700 };
const LARGE = { width: 1920, height: 1080 };

/** Up to here a page counts as one that does not jump (web.dev/articles/cls). */
const GOOD_SHIFT = 0.1;

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.locator("[data-loading], main [aria-busy=true]")).toHaveCount(0);
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

/** Every page in one language: whether it jumps while it loads at one size, and what is out of its place at both. */
async function lookAt(page: Page, locale: string, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  // Each language loads at the size that is harder for the other.
  const [first, second] = locale === "de" ? [LARGE, SMALL] : [SMALL, LARGE];
  for (const path of paths) {
    await page.setViewportSize(first);
    await open(page, path);
    await expect(page.locator("html")).toHaveAttribute("lang", locale);
    const { value, by } = await shiftsOf(page);
    if (value >= GOOD_SHIFT) found.push(`${path} jumps by ${value.toFixed(3)}: ${by.slice(0, 6).join(", ")}`);
    for (const size of [first, second]) {
      await page.setViewportSize(size);
      found.push(...(await layoutFaults(page)).map((fault) => `${path} at ${size.width} (${locale}): ${fault}`));
    }
  }
  return found;
}

for (const { products, seeded, more } of [
  { products: 54, seeded: true, more: ["/catalogue?product=laptop", "/catalogue?product=laptop&tab=history"] },
  { products: 0, seeded: false, more: [] },
]) {
  test.describe(`with ${products} products`, () => {
    test.use({ seeded });

    test("nothing is cut off, overlaps or jumps on any page, in any language", async ({ page }) => {
      test.setTimeout(400_000);
      await countShifts(page);
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.goto("/");
      const found: string[] = [];
      for (const locale of ["en", "de"]) {
        await page.evaluate(`localStorage.setItem("shelfmatch-language", "${locale}")`);
        found.push(...(await lookAt(page, locale, [...PAGES, ...PLACES, ...more])));
      }
      expect(found).toEqual([]);
    });
  });
}

test("the measure finds what is cut off, spills, overlaps and is too wide, and nothing else", async ({ page }) => {
  await page.goto("/");
  const faults = async (body: string) => {
    await page.evaluate(`document.body.innerHTML = ${JSON.stringify(body)}`);
    return layoutFaults(page);
  };
  const long = "a sentence that is much longer than its place";
  const narrow = "width:90px;white-space:nowrap;";
  expect(await faults(`<p style="${narrow}overflow:hidden">${long}</p>`)).toEqual([expect.stringContaining("cut off")]);
  expect(await faults(`<p style="height:9px;overflow:hidden">${long}</p>`)).toEqual([
    expect.stringContaining("cut off below"),
  ]);
  expect(await faults(`<p style="${narrow}overflow:hidden;text-overflow:ellipsis">${long}</p>`)).toEqual([]);
  expect(await faults(`<p style="${narrow}overflow:auto">${long}</p>`)).toEqual([]);
  expect(await faults(`<button style="${narrow}display:block">${long}</button>`)).toEqual([
    expect.stringContaining("spills"),
  ]);
  expect(await faults("<button>One</button><button style='margin-left:-20px'>Two</button>")).toEqual([
    "overlap: One and Two",
  ]);
  expect(await faults("<div style='width:4000px'>wide</div>")).toEqual([expect.stringContaining("too wide")]);
});
