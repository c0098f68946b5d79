import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { chromiumPath, chromiumSwitches } from "./chromium.ts";
import { expect, test } from "./fixtures.ts";
import { ROOT } from "./host.ts";
import { QUERIES } from "./match-page.ts";

/** One baseline JPEG with even sides, named .mjpeg, is what Chromium's fake camera shows. */
const FOLDER = join(ROOT, "test-results");
const VIDEO = join(FOLDER, `camera-${process.pid}.mjpeg`);

test.use({
  launchOptions: {
    executablePath: chromiumPath(),
    args: [
      ...chromiumSwitches(),
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${VIDEO}`,
    ],
  },
});

test.beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  const picture = sharp(join(QUERIES, "football-overexposed.jpg")).resize(640, 480, { fit: "cover" });
  await picture.jpeg({ progressive: false, quality: 92 }).toFile(VIDEO.replace(/\.mjpeg$/, ".jpg"));
  await sharp(VIDEO.replace(/\.mjpeg$/, ".jpg"))
    .jpeg({ progressive: false, quality: 92 })
    .toFile(VIDEO);
});

test("a photo taken with the camera finds its product", async ({ match, page }) => {
  await match.open();
  await page.getByRole("button", { name: "Use the camera" }).click();
  const video = page.getByLabel("What the camera sees");
  await expect(video).toBeVisible();
  await expect(video).toHaveAttribute("data-mirror", "true");
  await page.getByRole("button", { name: "Mirror the camera's picture" }).click();
  await expect(video).not.toHaveAttribute("data-mirror");

  await page.getByRole("button", { name: "Take the photo" }).click();
  await match.answered();
  await expect(match.product).toContainText("football");
  await expect(page.getByRole("img", { name: "Your picture, camera.jpg" })).toBeVisible();
});

test("live matches again and again, one request at a time, and stops", async ({ match, page }) => {
  let inFlight = 0;
  let most = 0;
  let sent = 0;
  const isMatch = (url: string) => url.endsWith("/rpc/match/stream");
  page.on("request", (request) => {
    if (!isMatch(request.url())) return;
    sent += 1;
    inFlight += 1;
    most = Math.max(most, inFlight);
  });
  const done = (request: { url(): string }) => {
    if (isMatch(request.url())) inFlight -= 1;
  };
  page.on("requestfinished", done);
  page.on("requestfailed", done);

  await match.open();
  await page.getByRole("button", { name: "Use the camera" }).click();
  await expect(page.getByLabel("What the camera sees")).toBeVisible();
  await page.keyboard.press("l");
  await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();
  await expect(match.product).toContainText("football", { timeout: 30_000 });
  await expect.poll(() => sent, { timeout: 30_000 }).toBeGreaterThan(2);
  expect(most).toBe(1);

  await page.getByRole("button", { name: "Close the camera" }).click();
  await expect.poll(() => inFlight).toBe(0);
  const after = sent;
  await page.waitForTimeout(1_500);
  expect(sent).toBe(after);
});
