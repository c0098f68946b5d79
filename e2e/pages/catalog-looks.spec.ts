import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../fixtures.ts";

test.setTimeout(420_000);

const SIZES = [
  { width: 1024, height: 700 },
  { width: 1920, height: 1080 },
];
const PLACES = [
  "/catalogue",
  "/catalogue?view=wall",
  "/catalogue?product=laptop",
  "/catalogue?product=laptop&tab=history",
  "/catalogue?bin=1",
  "/catalogue?text=nothing+has+this",
];

/** What sticks out of the window, or covers another control beside it. Runs in the page. */
const MISPLACED = `(() => {
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth) found.push("the page is wider than the window");
  const nameOf = (one) => one.getAttribute("aria-label") ?? one.textContent ?? one.tagName;
  const boxes = [...document.querySelectorAll("main button, main a, main input")]
    .filter((one) => one.closest("[role=grid]") === null && one.checkVisibility({ visibilityProperty: true }))
    .map((one) => ({ one, box: one.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 2);
  for (const [at, { one, box }] of boxes.entries()) {
    if (box.right > window.innerWidth + 1) found.push(nameOf(one) + " sticks out");
    for (const { one: other, box: its } of boxes.slice(at + 1)) {
      const field = one.closest(".mantine-Input-wrapper, .mantine-SegmentedControl-root");
      if (one.contains(other) || other.contains(one) || (field !== null && field.contains(other))) continue;
      const wide = Math.min(box.right, its.right) - Math.max(box.left, its.left);
      const high = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
      if (wide > 2 && high > 2) found.push(nameOf(one) + " covers " + nameOf(other));
    }
  }
  return found;
})()`;

for (const colorScheme of ["light", "dark"] as const) {
  test(`the catalogue can be read and used by everybody (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    // Where things are does not depend on their colours.
    for (const size of colorScheme === "light" ? SIZES : SIZES.slice(0, 1)) {
      await page.setViewportSize(size);
      for (const place of PLACES) {
        await page.goto(place);
        await expect(page.getByRole("heading", { name: "Catalogue" })).toBeAttached();
        await page.waitForLoadState("networkidle");
        await expect(page.locator("[data-loading], [aria-busy=true]")).toHaveCount(0);
        expect([place, size.width, await page.evaluate(MISPLACED)]).toEqual([place, size.width, []]);
        if (size.width !== 1024) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect([place, serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])]).toEqual([
          place,
          [],
        ]);
      }
    }
  });
}

test("a list that can't be read says why, and comes with the next try", async ({ page, allowedErrors }) => {
  allowedErrors.push(/Failed to load resource/);
  let broken = true;
  await page.route("**/rpc/catalog/list**", async (route) => {
    if (broken) await route.fulfill({ status: 502, body: "" });
    else await route.continue();
  });
  await page.goto("/catalogue");
  await expect(page.getByRole("alert").first()).toBeVisible({ timeout: 30_000 });
  broken = false;
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.getByRole("gridcell").nth(1)).toBeVisible({ timeout: 30_000 });
});
