import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { readXlsx } from "hucre/xlsx";
import sharp from "sharp";
import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { startHost } from "../host.ts";
import { QUERIES } from "../match-page.ts";

let folder: string;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-batch-"));
  mkdirSync(join(folder, "monday"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Photos of the sample in a folder, one of them broken. @returns the folder */
function photos(): string {
  const monday = join(folder, "monday");
  for (const photo of ["basketball-blurred.jpg", "cactus-on-brick.jpg", "not-here-bowl.jpg", "sneakers-turned.jpg"]) {
    copyFileSync(join(QUERIES, photo), join(monday, photo));
  }
  writeFileSync(join(monday, "broken.jpg"), "no picture");
  return monday;
}

/** Photos that are all others, and take their time. */
async function manyPhotos(count: number): Promise<string> {
  const monday = join(folder, "monday");
  for (let at = 1; at <= count; at++) {
    const picture = sharp(join(QUERIES, "cactus-on-brick.jpg"))
      .resize(700)
      .modulate({ brightness: 1 - at / 100 });
    await picture.jpeg().toFile(join(monday, `${String(at).padStart(2, "0")}.jpg`));
  }
  return monday;
}

async function begin(page: Page, photoFolder: string): Promise<void> {
  await page.goto("/batch");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a folder" }).click();
  await (await chooser).setFiles(photoFolder);
  await expect(page.getByRole("heading", { level: 1, name: "monday" })).toBeVisible();
}

async function expectNothingSerious(page: Page): Promise<void> {
  expect(await seriousFaults(page)).toEqual([]);
}

async function save(page: Page, how: "As CSV" | "For Excel"): Promise<Buffer> {
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: how }).click();
  return readFile(await (await saved).path());
}

test("a folder is matched, gone through by the keyboard alone, and exported with what was decided", async ({
  page,
}) => {
  test.slow();
  await begin(page, photos());
  const line = page.getByTestId("batch-line");
  await expect(line).toContainText("5 of 5 photos matched", { timeout: 90_000 });
  const option = (file: string) => page.getByRole("option").filter({ hasText: file });
  const detail = page.getByRole("region", { name: "The photo and its match" });
  await expect(option("broken.jpg")).toContainText("Failed");
  await expect(option("basketball-blurred.jpg")).toHaveAttribute("aria-selected", "true");
  await expect(detail.getByRole("heading", { level: 2 })).toContainText("Basketball");

  // Accepted, and on to the next; what failed can't be decided about.
  await page.keyboard.press("a");
  await expect(option("broken.jpg")).toHaveAttribute("aria-selected", "true");
  await expect(detail.getByRole("button", { name: "Accept" })).toBeDisabled();
  await expect(detail.getByRole("alert")).toContainText("IMAGE_UNREADABLE");
  await page.keyboard.press("n");
  await expect(option("cactus-on-brick.jpg")).toHaveAttribute("aria-selected", "true");
  await expect(detail.getByRole("heading", { level: 2 })).toContainText("Cactus");
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "Which product is it?" });
  await expect(dialog.getByRole("combobox", { name: "Product" })).toBeFocused();
  await page.keyboard.type("laptop");
  await expect(page.getByRole("option", { name: /\(laptop\)/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(option("not-here-bowl.jpg")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("r");
  await expect(option("sneakers-turned.jpg")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText("3 of 4 decided")).toBeVisible();
  await expectNothingSerious(page);

  // One back, also after the page was loaded anew, and it is not decided any more; then again.
  await page.reload();
  await expect(page.getByText("3 of 4 decided")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Undo/ })).toBeEnabled();
  await page.keyboard.press("u");
  await expect(option("not-here-bowl.jpg")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText("2 of 4 decided")).toBeVisible();
  await page.keyboard.press("r");
  await expect(page.getByText("3 of 4 decided")).toBeVisible();
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await expect(detail.getByTestId("decision")).toContainText("Corrected: ");

  // What is filtered, and what is open, is in the address.
  await page.getByRole("combobox", { name: "Decision" }).click();
  await page.getByRole("option", { name: "Rejected", exact: true }).click();
  await expect(page).toHaveURL(/decision=absent/);
  await expect(page.getByRole("listbox", { name: "Photos" }).getByRole("option")).toHaveCount(1);
  await page.reload();
  await expect(option("not-here-bowl.jpg")).toBeVisible();
  await page.getByRole("button", { name: "Take all filters off" }).click();

  const csv = String(await save(page, "As CSV"));
  const rows = csv.trim().split("\r\n");
  expect(rows).toHaveLength(6);
  expect(rows.find((row) => row.includes("cactus-on-brick"))).toMatch(/,this,laptop,/);
  expect(rows.find((row) => row.includes("broken.jpg"))).toContain("failed");
  const { sheets } = await readXlsx(new Uint8Array(await save(page, "For Excel")));
  expect(sheets[0]?.rows).toHaveLength(6);
  expect(sheets[0]?.rows[1]?.[8]).toBe("right");

  // The journal has it as feedback on the run.
  await option("basketball-blurred.jpg").click();
  await detail.getByRole("link", { name: "In the journal" }).click();
  await expect(page.getByRole("dialog")).toContainText("Right");
});

test("it pauses, and goes on over a reload and an engine that was killed, with nothing lost and nothing twice", async ({
  page,
  host,
  dataFolder,
  allowedErrors,
}) => {
  test.slow();
  allowedErrors.push(/ERR_CONNECTION/, /ERR_INCOMPLETE/, /Failed to load/, /network error/i);
  await begin(page, await manyPhotos(24));
  const line = page.getByTestId("batch-line");
  await expect(line).toContainText("of 24 photos", { timeout: 60_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  await expect(line).not.toContainText("0 of 24", { timeout: 60_000 });

  await host.kill();
  const again = await startHost(dataFolder, { port: Number(new URL(host.url).port) });
  try {
    await expect(line).toContainText("24 of 24 photos matched", { timeout: 120_000 });
    const id = new URL(page.url()).pathname.split("/").at(-1);
    const { items } = await (await page.request.get(`/api/v1/batches/${id}/order`)).json();
    expect(items).toHaveLength(24);
    const runs = (await (await page.request.get("/api/v1/runs?limit=100")).json()) as { runId: string }[];
    expect(runs).toHaveLength(24);
  } finally {
    await again.close();
  }
});

test("many photos: a list and a wall that fit, in both themes; a deleted batch comes back", async ({
  page,
  allowedErrors,
}) => {
  test.slow();
  // Of a batch that is not there.
  allowedErrors.push(/404/);
  await begin(page, await manyPhotos(6));
  await expect(page.getByTestId("batch-line")).toContainText("6 of 6", { timeout: 60_000 });
  for (const [width, height] of [
    [1024, 700],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const look of ["List", "Wall"]) {
        await page.getByTitle(look).click();
        const over = await page.evaluate(
          "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]",
        );
        expect(over).toEqual([0, 0]);
        await expectNothingSerious(page);
      }
    }
  }
  await page.getByRole("button", { name: "Delete this batch" }).click();
  await expect(page.getByText("No batches yet")).toBeVisible();
  await expectNothingSerious(page);
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(page.getByRole("link", { name: /monday/ })).toBeVisible();
  await page.goto("/batch/0b0d4c1e-6a0f-4d0e-9d5e-0c6f3f0a1b2c");
  await expect(page.getByRole("alert")).toContainText("BATCH_NOT_FOUND");
});
