import { seriousFaults } from "../axe.ts";
import { expect, test } from "../fixtures.ts";
import { trayButton as button, tray } from "../steps/tray.ts";

const ROWS = 20_000;
const list = () =>
  ["sku,name,price,currency", ...Array.from({ length: ROWS }, (_, n) => `a${n},Article ${n},${n}.50,EUR`)].join("\n");

test("long work is seen on every page and after a reload, and paused, resumed and cancelled there", async ({
  page,
}) => {
  test.setTimeout(180_000);
  await page.goto("/catalogue?import=1");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a file" }).click();
  await (await chooser).setFiles({ name: "long.csv", mimeType: "text/csv", buffer: Buffer.from(list()) });
  await page.getByRole("button", { name: "Start the import" }).click();
  await expect(page.getByText("Importing: long.csv")).toBeVisible({ timeout: 30_000 });

  await page.goto("/map");
  await expect(button(page)).toHaveAccessibleName(/^Activity: Importing products \d+ %$/);
  await button(page).click();
  const row = tray(page).getByRole("listitem").filter({ hasText: "long.csv" });
  await expect(row).toContainText("Importing products");
  await row.getByRole("button", { name: "Pause long.csv" }).click();
  await expect(row).toContainText("Paused");

  await page.reload();
  await button(page).click();
  await expect(row).toContainText(/Paused, \d+ %/);
  expect(await seriousFaults(page)).toEqual([]);
  await row.getByRole("button", { name: "Resume long.csv" }).click();
  await expect(row).toContainText("Running");
  await row.getByRole("button", { name: "Cancel long.csv" }).click();
  await expect(row).toContainText("Cancelled");

  // The catalogue has grown by half: it would pay to calibrate anew.
  const calibration = tray(page).getByRole("listitem").filter({ hasText: "Calibration" });
  await expect(calibration).toContainText("The catalogue has grown by half", { timeout: 60_000 });
  await calibration.getByRole("button", { name: /^Start/ }).click();
  await expect(calibration.getByRole("progressbar")).toBeVisible();
  await calibration.getByRole("button", { name: /^Cancel/ }).click();
  await expect(calibration.filter({ hasText: "Cancelled" })).toHaveCount(1, { timeout: 30_000 });

  await row.getByRole("link", { name: "Importing products" }).click();
  await expect(page).toHaveURL(/\/catalogue\?import=/);
});

test("what failed says why, until it is put away", async ({ page, host, request }) => {
  await page.goto("/");
  const file = { name: "old.zip", mimeType: "application/zip", buffer: Buffer.from("no zip at all") };
  await request.post(`${host.url}/api/v1/data/restores`, { multipart: { file }, headers: { origin: host.url } });
  await button(page).click();
  const row = tray(page).getByRole("listitem").filter({ hasText: "Check of a backup" });
  await expect(row).toContainText("Failed");
  await expect(row).toContainText("old.zip");
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(tray(page)).toHaveCount(0);
  await expect(button(page)).toBeFocused();
  await button(page).click();
  await tray(page).getByRole("button", { name: "Put away what is over" }).click();
  await expect(row).toHaveCount(0);
  await page.reload();
  await button(page).click();
  await expect(tray(page)).toContainText("Nothing runs.");
});

test("what many products lost is taken back from any page, after a reload too", async ({ page, host, request }) => {
  const headers = { origin: host.url };
  const total = async () => (await (await request.get(`${host.url}/api/v1/products`)).json()).total;
  const work = { selection: { kind: "all", query: {} }, work: { kind: "delete" } };
  await request.post(`${host.url}/api/v1/bulk`, { data: work, headers });
  await expect.poll(total, { timeout: 30_000 }).toBe(0);
  await page.goto("/map");
  await button(page).click();
  const row = tray(page).getByRole("listitem").filter({ hasText: "Products deleted" });
  await expect(row).toContainText("Done");
  await page.reload();
  await button(page).click();
  expect(await seriousFaults(page)).toEqual([]);
  await row.getByRole("button", { name: "Undo Products deleted" }).click();
  await expect(tray(page).getByRole("listitem").filter({ hasText: "Taken back" })).toContainText("Done", {
    timeout: 30_000,
  });
  expect(await total()).toBe(54);
  await expect(row.getByRole("button")).toHaveCount(0);

  // Through the API as well, and only once.
  const edit = { ...work, work: { kind: "edit", changes: { brand: "Together" } } };
  const { id } = await (await request.post(`${host.url}/api/v1/bulk`, { data: edit, headers })).json();
  const branded = async () => (await (await request.get(`${host.url}/api/v1/products?brand=Together`)).json()).total;
  await expect.poll(branded, { timeout: 30_000 }).toBe(54);
  const undo = () => request.post(`${host.url}/api/v1/activities/bulk:${id}/undo`, { headers });
  await expect.poll(async () => (await undo()).status(), { timeout: 30_000 }).toBe(200);
  await expect.poll(branded, { timeout: 30_000 }).toBe(0);
  await expect.poll(async () => (await (await undo()).json()).code).toBe("INVALID_INPUT");
});
