import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../host.ts";
import { QUERIES } from "../match-page.ts";
import { expect, test } from "./fixtures.ts";

const FOLDER = join(ROOT, "test-results", "looks");
const SIZES = [
  { width: 1024, height: 700 },
  { width: 1920, height: 1080 },
];
const PAGES = ["Catalogue", "Journal", "Evaluate", "Stack", "Settings"];

for (const theme of ["Light", "Dark"] as const) {
  test(`every page fits its window, ${theme}`, async ({ desktop, match }) => {
    test.slow();
    const { app, page } = desktop;
    mkdirSync(FOLDER, { recursive: true });
    await page.getByRole("button", { name: "Theme" }).click();
    await page.getByRole("menuitemradio", { name: theme }).click();
    await page.keyboard.press("Escape");
    const look = async (name: string) => {
      for (const size of SIZES) {
        await app.evaluate(({ BrowserWindow }, { width, height }) => {
          BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
        }, size);
        await expect.poll(() => page.evaluate("innerWidth")).toBe(size.width);
        await page.waitForTimeout(500);
        const path = join(FOLDER, `${name}-${theme}-${size.width}.png`.toLowerCase());
        await page.screenshot({ path, animations: "disabled" });
        const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        expect(wide, `${name} at ${size.width}`).toBeLessThanOrEqual(0);
        if (name !== "match" && name !== "start") continue;
        // The first page is seen whole: question and answer side by side.
        const main = "document.querySelector('main')";
        const long = await page.evaluate(`${main}.scrollHeight - ${main}.clientHeight`);
        expect(long, `${name} at ${size.width}`).toBeLessThanOrEqual(0);
      }
    };
    await expect(page.getByText("54 products")).toBeVisible();
    await look("start");
    await match.choose(join(QUERIES, "sneakers-turned.jpg"));
    await match.answered();
    await look("match");
    for (const name of PAGES) {
      await page.getByRole("link", { name, exact: true }).click();
      await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
      await page.waitForTimeout(700);
      await look(name);
    }
  });
}
