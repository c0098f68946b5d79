import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { ROOT } from "../host.ts";
import { QUERIES } from "../match-page.ts";
import { expect, test } from "./fixtures.ts";

/** One baseline JPEG with even sides, named .mjpeg, is what Chromium's fake camera shows. */
const FOLDER = join(ROOT, "test-results");
const VIDEO = join(FOLDER, `desktop-camera-${process.pid}.mjpeg`);
const DEVICE = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${VIDEO}`];

async function show(photo: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const draft = `${VIDEO}.jpg`;
  const picture = sharp(join(QUERIES, photo)).resize(640, 480, { fit: "cover" });
  await picture.jpeg({ progressive: false, quality: 92 }).toFile(draft);
  renameSync(draft, VIDEO);
}

test.beforeEach(() => show("football-overexposed.jpg"));

test.describe("with a camera that is allowed", () => {
  test.use({ args: [...DEVICE, "--use-fake-ui-for-media-stream"] });

  test("its photo finds the product, and live follows when the photo changes", async ({ desktop, match }) => {
    const { page } = desktop;
    await page.getByRole("button", { name: "Use the camera" }).click();
    await expect(page.getByLabel("What the camera sees")).toBeVisible();
    await page.getByRole("button", { name: "Take the photo" }).click();
    await match.answered();
    await expect(match.product).toContainText("football");

    await page.getByRole("button", { name: "Use the camera" }).click();
    await expect(page.getByRole("button", { name: "Take the photo" })).toBeVisible();
    await page.keyboard.press("l");
    await expect(match.product).toContainText("football");
    await page.getByRole("button", { name: "Close the camera" }).click();
    await show("sneakers-turned.jpg");
    await page.getByRole("button", { name: "Use the camera" }).click();
    await expect(page.getByRole("button", { name: "Take the photo" })).toBeVisible();
    await page.keyboard.press("l");
    await expect(match.product).toContainText("allstar-sneakers", { timeout: 60_000 });
  });
});

test.describe("with a camera that has to be asked for", () => {
  test.use({ args: DEVICE });

  test("the person is asked once; the answer is kept, and can be taken back", async ({ desktop, start }) => {
    test.slow();
    const answerWith = (app: typeof desktop.app, button: number) =>
      app.evaluate(({ dialog }, response) => {
        Reflect.set(globalThis, "asked", 0);
        dialog.showMessageBox = async () => {
          Reflect.set(globalThis, "asked", Reflect.get(globalThis, "asked") + 1);
          return { response, checkboxChecked: false };
        };
      }, button);
    const asked = (app: typeof desktop.app) => app.evaluate(() => Number(Reflect.get(globalThis, "asked")));
    const { app, page } = desktop;

    await answerWith(app, 1);
    await page.getByRole("button", { name: "Use the camera" }).click();
    await expect(page.getByRole("heading", { name: "The camera is not allowed" })).toBeVisible();
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "The camera is not allowed" })).toBeVisible();
    expect(await asked(app)).toBe(1);

    await page.getByRole("link", { name: "Settings" }).click();
    await expect(page.getByRole("radio", { name: "Refuse" })).toBeChecked();
    await page.getByRole("radiogroup", { name: "Camera" }).getByText("Ask", { exact: true }).click();
    await answerWith(app, 0);
    await page.getByRole("link", { name: "Match", exact: true }).click();
    await expect(page.getByRole("button", { name: "Take the photo" })).toBeVisible();
    expect(await asked(app)).toBe(1);
    await desktop.close();

    const again = await start();
    await answerWith(again.app, 1);
    await again.page.getByRole("button", { name: "Use the camera" }).click();
    await expect(again.page.getByRole("button", { name: "Take the photo" })).toBeVisible();
    expect(await asked(again.app)).toBe(0);
    await again.page.getByRole("link", { name: "Settings" }).click();
    await again.page.getByRole("radiogroup", { name: "Camera" }).getByText("Refuse", { exact: true }).click();
    await again.page.getByRole("link", { name: "Match", exact: true }).click();
    await expect(again.page.getByRole("heading", { name: "The camera is not allowed" })).toBeVisible();
  });
});
