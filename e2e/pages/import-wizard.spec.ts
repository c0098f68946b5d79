import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { startHost } from "../host.ts";
import { layoutFaults } from "../layout.ts";
import { chooseFile, importDialog as dialogOf } from "../steps/import.ts";

/** A folder for pictures of the pages, for whoever wants to look at them. */
const SHOTS = process.env.SHELFMATCH_SHOTS;

const LOOKS = [
  { colorScheme: "light", width: 1024, height: 700 },
  { colorScheme: "dark", width: 1920, height: 1080 },
] as const;

async function accessible(page: Page): Promise<void> {
  expect(await seriousFaults(page)).toEqual([]);
}

/** At both sizes, in both themes: axe finds nothing serious, and nothing is out of its place. */
async function looksRight(page: Page, name: string): Promise<void> {
  for (const { colorScheme, width, height } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    await accessible(page);
    expect(await layoutFaults(page), `${name} at ${width}`).toEqual([]);
    // The way on is in sight, also in a low window.
    const last = dialogOf(page).getByRole("button").last();
    if (name !== "source") await expect(last, `${name} at ${width}`).toBeInViewport({ ratio: 1 });
    if (SHOTS === undefined) continue;
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, `import-${name}-${colorScheme}-${width}.png`) });
  }
}

async function choose(dialog: Locator, name: string, lines: readonly string[]): Promise<void> {
  await chooseFile(dialog, { name, mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
  await expect(dialog.getByRole("table", { name: "Columns of the table" })).toBeVisible({ timeout: 20_000 });
}

test.describe("into an empty catalogue", () => {
  test.use({ seeded: false });

  test("columns are guessed and corrected, tried without writing, imported, and remembered", async ({ page }) => {
    test.slow();
    await page.goto("/catalogue?import=1");
    const dialog = dialogOf(page);
    await expect(dialog.getByRole("button", { name: "Choose a file" })).toBeVisible();
    await looksRight(page, "source");
    const list = [
      "Artikelnummer;Bezeichnung;Preis (€);Gefunden in;Notiz",
      "A-1;Lampe;12,50;Regal 1;x",
      "A-2;Tisch;1.200,00;Regal 2;y",
    ];
    await choose(dialog, "liste.csv", list);
    await expect(dialog.getByLabel("What Artikelnummer becomes")).toHaveValue("SKU");
    await expect(dialog.getByLabel("What Preis (€) becomes")).toHaveValue("Price");
    await expect(dialog.getByLabel("What Gefunden in becomes")).toHaveValue("An attribute");

    await dialog.getByLabel("What Gefunden in becomes").click();
    await page.getByRole("option", { name: "Category" }).click();
    await dialog.getByLabel("What Notiz becomes").click();
    await page.getByRole("option", { name: "Ignored" }).click();
    await dialog.getByLabel("Currency where none stands").fill("eur");
    const rows = dialog.getByRole("table", { name: "First rows" }).getByRole("row");
    await expect(rows.nth(2)).toContainText("Regal 2");
    await expect(rows.nth(2)).toContainText("1200.00");
    await expect(rows.nth(2)).toContainText("EUR");
    await expect(rows.nth(0)).not.toContainText("Notiz");
    await looksRight(page, "columns");

    await dialog.getByRole("button", { name: "Try without writing" }).click();
    await expect(dialog.getByText("Nothing was written.")).toBeVisible({ timeout: 20_000 });
    await expect(dialog.getByRole("table", { name: "Rows of the dry run" })).toContainText("Lampe");
    await expect(page.getByText("2 products")).toHaveCount(0);
    // The address leads back to it.
    await page.reload();
    await expect(dialog.getByText("New: 2")).toBeVisible();
    await dialog.getByRole("button", { name: "Back to the columns" }).click();
    await expect(dialog.getByLabel("What Artikelnummer becomes")).toHaveValue("SKU");
    await dialog.getByLabel("What Gefunden in becomes").click();
    await page.getByRole("option", { name: "Category" }).click();
    await dialog.getByRole("button", { name: "Start the import" }).click();
    await expect(dialog.getByText("Imported: liste.csv")).toBeVisible({ timeout: 30_000 });
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(page.getByText("2 products").first()).toBeVisible();

    await page.getByRole("button", { name: "Import", exact: true }).click();
    await choose(dialog, "morgen.csv", [...list.slice(0, 1), "A-1;Lampe;13,00;Regal 1;z", "A-3;Stuhl;5;;"]);
    await expect(dialog.getByText("Read as the last table with these headings")).toBeVisible();
    await expect(dialog.getByLabel("What Gefunden in becomes")).toHaveValue("Category");
    await dialog.getByRole("button", { name: "Try without writing" }).click();
    await dialog.getByText("Changed: 1").click();
    const changed = dialog.getByRole("table", { name: "Rows of the dry run" });
    await expect(changed.locator("del").first()).toHaveText("12.50");
    await expect(changed.locator("ins").first()).toHaveText("13.00");
  });

  test("bad rows are corrected in their place and run again, and can be taken away as CSV", async ({ page }) => {
    test.slow();
    await page.goto("/catalogue?import=1");
    const dialog = dialogOf(page);
    const rows = Array.from({ length: 30 }, (_, n) => `b-${n},Bad ${n},minus ${n},EUR,notes of row ${n}`);
    await choose(dialog, "list.csv", ["sku,name,price,currency,notes", "a,Good,1.50,EUR,", ...rows]);
    await dialog.getByRole("button", { name: "Try without writing" }).click();
    await dialog.getByText("Not good: 30").click();
    await expect(dialog.getByText(/"minus 0" is no price/)).toBeVisible();
    await looksRight(page, "plan-crowded");
    await dialog.getByRole("button", { name: "Start the import" }).click();
    await expect(dialog.getByText("Imported: list.csv")).toBeVisible({ timeout: 20_000 });
    await expect(dialog.getByText("30 problems")).toBeVisible();
    await looksRight(page, "errors");

    await dialog.getByLabel("price, line 3").fill("2.50");
    await dialog.getByLabel("price, line 4").fill("still bad");
    const saved = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "These rows as CSV" }).click();
    const file = readFileSync(await (await saved).path(), "utf8");
    expect(file.split("\r\n")[0]).toBe("sku,name,price,currency,notes,line,what is wrong");
    expect(file).toContain("b-0,Bad 0,minus 0,EUR,notes of row 0,3,");
    await dialog.getByRole("button", { name: "Run 2 corrected rows" }).click();
    await expect(dialog.getByText("1 product, 0 pictures")).toBeVisible({ timeout: 20_000 });
    await expect(dialog.getByLabel("price, line 3")).toHaveCount(0);
    await expect(dialog.getByLabel("price, line 4")).toHaveValue("still bad");
    await page.goto("/catalogue?product=b-0");
    await expect(page.getByRole("textbox", { name: "Price", exact: true })).toHaveValue("2.50");
  });

  test("an import is paused, survives the engine, and goes on", async ({ page, host, dataFolder, allowedErrors }) => {
    test.slow();
    allowedErrors.push(/Failed to load resource/, /ERR_/);
    await page.goto("/catalogue?import=1");
    const dialog = dialogOf(page);
    const rows = Array.from({ length: 20_000 }, (_, n) => `p-${n},Product ${n},${n}.50,EUR`);
    await choose(dialog, "long.csv", ["sku,name,price,currency", ...rows]);
    await dialog.getByRole("button", { name: "Start the import" }).click();
    await dialog.getByRole("button", { name: "Pause" }).click();
    await expect(dialog.getByText("Paused: long.csv")).toBeVisible({ timeout: 20_000 });
    await looksRight(page, "paused");
    await host.close();
    const again = await startHost(dataFolder, { port: Number(new URL(host.url).port) });
    try {
      await page.goto("/catalogue?import=1");
      await expect(dialog.getByText("Paused: long.csv")).toBeVisible({ timeout: 20_000 });
      await dialog.getByRole("button", { name: "Go on with the import" }).click();
      await expect(dialog.getByText("Importing: long.csv")).toBeVisible({ timeout: 20_000 });
      await dialog.getByRole("button", { name: "Cancel the import" }).click();
      await expect(dialog.getByText(/what went in stays: long.csv/)).toBeVisible({ timeout: 20_000 });
    } finally {
      await again.close();
    }
  });
});

test.describe("pictures from the web", () => {
  test.use({ seeded: false, hostEnv: { SHELFMATCH_IMPORTS_PICTURES_FROM_WEB: "true" } });

  test("addresses of this machine and of private networks are refused, each by its reason", async ({ page, host }) => {
    await page.goto("/catalogue?import=1");
    const dialog = dialogOf(page);
    const urls = [
      `${host.url}/favicon.ico`,
      "http://169.254.169.254/latest/meta-data",
      "http://[::ffff:10.0.0.1]/a.png",
    ];
    await choose(dialog, "web.csv", ["sku,name,images", ...urls.map((url, n) => `w-${n},Web ${n},${url}`)]);
    await dialog.getByLabel("Fetch pictures from the web").check();
    await dialog.getByRole("button", { name: "Start the import" }).click();
    const bad = dialog.getByRole("table", { name: "Rows with a problem" });
    await expect(bad).toContainText("is this machine itself (loopback)", { timeout: 30_000 });
    await expect(bad).toContainText("is of this network alone (link-local)");
    await expect(bad).toContainText("hides an IPv4 address");
    await expect(bad).toContainText("Correct the address, or save the picture beside the list");
  });
});
