import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { fillSqlite } from "../../scripts/bench/journal-fill.ts";
import { seriousFaults } from "../axe.ts";
import { test as base, expect } from "../fixtures.ts";
import { lines } from "../steps/journal.ts";

const LINES = 20_000;

// Each test makes and indexes a journal of its own, beside whatever else the machine does.
base.describe.configure({ timeout: 240_000 });
const SOON = { timeout: 60_000 };

/** A journal that is long and has seen trouble, as an older version left it. */
const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
  dataFolder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "shelfmatch-e2e-journal-"));
    mkdirSync(join(folder, "journal"));
    await fillSqlite(join(folder, "journal"), LINES, 300);
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

async function axe(page: Page) {
  expect(await seriousFaults(page)).toEqual([]);
}

async function fits(page: Page) {
  const width = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(width).toBeLessThanOrEqual(0);
}

test("several levels and components are asked for at once, counted, and cleared", async ({ page }) => {
  await page.goto("/journal");
  await expect(page.getByRole("status").filter({ hasText: /20,0\d\d lines/ })).toBeVisible({ timeout: 60_000 });
  await page.getByRole("combobox", { name: "Level" }).click();
  await page.getByRole("option", { name: "Errors", exact: true }).click();
  await page.getByRole("option", { name: "Warnings", exact: true }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Component" }).click();
  await page.getByRole("option", { name: "index" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/level=error&level=warn.*component=index|level=warn&level=error.*component=index/);
  await expect(lines(page).first()).toContainText(/error|warn/);
  await expect(lines(page).filter({ hasText: "info" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Level" })).toHaveValue("Errors, Warnings");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/journal$/);
});

test("a time is chosen on the bars by the keyboard, and jumped to and read on from in both directions", async ({
  page,
}) => {
  await page.goto("/journal");
  const bars = page.getByRole("toolbar", { name: "Lines over time" }).getByRole("button");
  await expect(bars.nth(10)).toBeVisible({ timeout: 60_000 });
  await bars.first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(page.getByRole("button", { name: /^Time:/ })).toContainText(" to ");

  const middle = new Date(Date.now() - 15 * 86_400_000).toISOString();
  await page.goto(`/journal?at=${middle}`);
  await expect(lines(page).first()).toBeVisible(SOON);
  const first = await lines(page).first().locator("time").getAttribute("datetime");
  expect(Date.parse(first ?? "")).toBeLessThanOrEqual(Date.parse(middle));
  await page.getByRole("button", { name: "Newer lines" }).click();
  await expect
    .poll(async () => Date.parse((await lines(page).first().locator("time").getAttribute("datetime")) ?? ""))
    .toBeGreaterThan(Date.parse(middle));
  const list = page.getByRole("region", { name: "Lines of the journal" });
  // Only what is in sight is in the page, however far one scrolls.
  for (let i = 0; i < 8; i++) {
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await page.waitForTimeout(150);
  }
  await expect.poll(() => list.evaluate((box) => box.scrollHeight)).toBeGreaterThan(20_000);
  expect(await lines(page).count()).toBeLessThan(120);
});

test("errors that say the same are one, marked by a person, and lead to their lines and runs", async ({ page }) => {
  await page.goto("/journal?tab=errors");
  const problems = page.getByRole("list", { name: "Errors, those seen last first" }).getByRole("listitem");
  await expect(problems.first()).toContainText("service at <url> did not answer within <n> ms.", { timeout: 60_000 });
  const all = await problems.count();
  const title = (await problems.first().getByRole("button").first().textContent()) ?? "";
  await problems.first().getByRole("button", { name: /^Mark/ }).click();
  await page.getByRole("menuitem", { name: "Resolved" }).click();
  await expect(problems).toHaveCount(all - 1);
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "Resolved (1)" }).click();
  await expect(problems.first()).toContainText(title);
  await axe(page);
  await problems.first().getByRole("button").first().click();
  const note = problems.first().getByRole("textbox", { name: "Note" });
  await note.fill("The cable is loose.");
  await problems.first().getByRole("button", { name: "Save the note" }).click();
  await expect(problems.first()).toContainText("The cable is loose.");
  await page.reload();
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "Resolved (1)" }).click();
  await expect(problems.first()).toContainText("The cable is loose.");
  await problems.first().getByRole("button").first().click();
  await problems
    .first()
    .getByRole("button", { name: /^Show .* lines?$/ })
    .click();
  await expect(page).toHaveURL(/problem=/);
  await expect(lines(page).first()).toContainText("did not answer within");
  await page.getByRole("button", { name: "Lines of one problem" }).click();
  await expect(page).not.toHaveURL(/problem=/);
});

test("what fits is exported, and a failing export is said", async ({ page, allowedErrors }) => {
  allowedErrors.push(/Failed to load resource/);
  await page.goto("/journal?level=error&text=kettle");
  await expect(lines(page).first()).toContainText("kettle", SOON);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "As JSON lines" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  const written = text
    .trimEnd()
    .split("\n")
    .map((one) => JSON.parse(one));
  expect(written.length).toBeGreaterThan(5);
  for (const { level, message } of written)
    expect([level, message]).toEqual(["error", expect.stringContaining("kettle")]);

  await page.route("**/rpc/journal/export", (route) => route.abort());
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /CSV/ }).click();
  await expect(page.getByRole("main").getByRole("alert").first()).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
});

test("charts have their figures as tables, and what is kept can be removed after asking", async ({ page }) => {
  await page.goto("/journal?tab=charts&range=30d");
  await expect(page.getByRole("heading", { name: "Answers" })).toBeVisible({ timeout: 60_000 });
  await page.getByText("Figures as a table: Answers").click();
  await expect(page.getByRole("table", { name: "Answers" }).getByRole("row").nth(3)).toContainText(/\d/);
  await axe(page);
  await page.goto("/journal?storage=1");
  const kept = page.getByRole("dialog", { name: "What the journal keeps" });
  await expect(kept).toContainText(/20,0\d\d/);
  await kept.getByRole("textbox", { name: /older than so many days/ }).fill("10");
  await kept.getByRole("button", { name: "Remove older entries" }).click();
  const asked = page.getByRole("dialog", { name: "Remove all that is older than 10 days?" });
  await expect(asked.getByRole("button", { name: "Cancel" })).toBeFocused();
  await asked.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText(/Removed: 13,\d\d\d lines/)).toBeVisible({ timeout: 30_000 });
  await expect(kept).toContainText(/6,\d\d\d/);
});

test("an engine that is gone is said, and the page goes on when it is back", async ({ page, allowedErrors }) => {
  allowedErrors.push(/Failed to load resource/, /ERR_/);
  await page.goto("/journal");
  await expect(lines(page).first()).toBeVisible(SOON);
  await page.route("**/rpc/journal/**", (route) => route.abort());
  await page.getByRole("textbox", { name: "Search the journal" }).fill("camera");
  await expect(page.getByRole("main").getByRole("alert").first()).toBeVisible({ timeout: 30_000 });
  await page.unroute("**/rpc/journal/**");
  // It may have been taken up again by itself before the button is struck.
  const again = page.getByRole("main").getByRole("alert").first().getByRole("button", { name: "Try again" });
  await again.click({ timeout: 3_000 }).catch(() => undefined);
  await expect(lines(page).first()).toContainText("camera", SOON);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test("axe finds nothing serious, and nothing is wider than the window", async ({ page }) => {
      for (const size of [
        { width: 1024, height: 700 },
        { width: 1920, height: 1080 },
      ]) {
        await page.setViewportSize(size);
        for (const path of ["", "?tab=errors", "?tab=runs", "?tab=charts&range=7d", "?storage=1", "?text=never+said"]) {
          await page.goto(`/journal${path}`);
          await expect(page.getByRole("heading", { name: "Journal", exact: true })).toBeVisible();
          await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0, { timeout: 60_000 });
          await fits(page);
          await axe(page);
        }
      }
    });
  });
}
