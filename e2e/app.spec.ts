import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.ts";
import { startHost } from "./host.ts";
import { QUERIES } from "./match-page.ts";

test("light, dark and the system's theme", async ({ match, page }) => {
  const scheme = page.locator("html");
  await page.emulateMedia({ colorScheme: "dark" });
  await match.open();
  await expect(scheme).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await expect(scheme).toHaveAttribute("data-mantine-color-scheme", "light");
  await page.reload();
  await expect(scheme).toHaveAttribute("data-mantine-color-scheme", "light");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "As the system" }).click();
  await expect(scheme).toHaveAttribute("data-mantine-color-scheme", "dark");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious, ${colorScheme}`, async ({ match, page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const check = async (where: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const bad = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
      expect(bad.map((one) => `${where}: ${one.id} ${one.nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
    };
    await match.open();
    await check("match, empty");
    await match.drop(join(QUERIES, "sneakers-turned.jpg"));
    await match.answered();
    for (const tab of ["Alternatives", "Why", "Timings", "Use via API"]) {
      await page.getByRole("tab", { name: tab }).click();
      await check(`match, ${tab}`);
    }
    await page.goto("/catalogue");
    await expect(page.getByRole("gridcell").nth(1)).toBeVisible();
    await check("catalogue");
    await page.goto("/catalogue?product=laptop");
    await expect(page.getByLabel("Name")).toBeVisible();
    await check("product");
    await page.goto("/catalogue?bin=1");
    await expect(page.getByText("Nothing was deleted.")).toBeVisible();
    await check("deleted products");
    await page.goto("/catalogue?import=1");
    await expect(page.getByRole("button", { name: "Choose a folder" })).toBeVisible();
    await check("import");
    await page.goto("/journal");
    await expect(page.getByRole("list", { name: /Journal lines/ })).toBeVisible();
    await check("journal");
    await page.goto("/journal?tab=runs");
    await expect(page.getByRole("table", { name: "Runs" })).toBeVisible();
    await check("runs");
    await page.goto("/stack");
    await expect(page.getByRole("region", { name: "Docker" })).toBeVisible();
    await check("stack");
    await page.goto("/settings#settings-mongo");
    await expect(page.getByRole("heading", { name: "Components" })).toBeVisible();
    await expect(page.getByLabel("File with the password")).toBeVisible();
    await check("settings");
  });
}

test("a first load stays small", async ({ match, page }) => {
  const loaded: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (!["script", "stylesheet", "font"].includes(response.request().resourceType())) return;
    loaded.push(response.body());
  });
  await match.open();
  await expect(page.getByRole("button", { name: /^Try: / }).first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  const bytes = (await Promise.all(loaded)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(300 * 1024);
});

test("everything is in view at 1024 x 700", async ({ match, page }) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  await match.open();
  await match.drop(join(QUERIES, "sneakers-turned.jpg"));
  await match.answered();
  for (const seen of [
    match.verdict,
    match.product,
    page.getByRole("button", { name: "Wrong" }),
    page.getByRole("tab", { name: "Use via API" }),
    page.getByLabel("Note that goes with the picture"),
    page.getByRole("button", { name: /^Try: / }).first(),
  ]) {
    await expect(seen).toBeInViewport({ ratio: 1 });
  }
});

test("the keyboard goes everywhere", async ({ match, page }) => {
  await match.open();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await page.keyboard.press("Alt+3");
  await expect(page.getByRole("heading", { name: "Journal", level: 1 })).toBeFocused();
  await expect(page).toHaveTitle("Journal · Shelfmatch");
  await page.keyboard.press("Shift+?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toContainText("Take the photo");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await page.keyboard.press("Alt+1");
  await expect(page.getByRole("heading", { name: "Which product is this?" })).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Words or a barcode to look for")).toBeFocused();
});

test("a lost engine is said, and the page heals when it is back", async ({ page, host, dataFolder, allowedErrors }) => {
  test.slow();
  allowedErrors.push(/Failed to load resource/, /ERR_/);
  await page.goto("/catalogue");
  await expect(page.getByRole("grid", { name: "Products" })).toBeVisible();
  await host.kill();
  await expect(page.getByText("The engine does not answer.").first()).toBeVisible({ timeout: 20_000 });
  const again = await startHost(dataFolder, { port: Number(new URL(host.url).port) });
  try {
    await expect(page.getByText("The engine does not answer.")).toHaveCount(0, { timeout: 20_000 });
    await page.getByLabel("Search the catalogue").fill("laptop");
    await expect(page.getByText("1 product", { exact: true })).toBeVisible();
  } finally {
    await again.close();
  }
});

test("a setting is changed and kept", async ({ page }) => {
  await page.goto("/settings");
  await page.getByLabel("Top", { exact: true }).fill("7");
  await page.getByRole("button", { name: "Save the change" }).click();
  await expect(page.getByText(/The settings are saved/)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Top", { exact: true })).toHaveValue("7");
});
