import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "./fixtures.ts";
import { QUERIES } from "./match-page.ts";

const SNEAKERS = join(QUERIES, "sneakers-turned.jpg");
const KEYBOARD = join(QUERIES, "keyboard-cropped.jpg");

test.beforeEach(({ match }) => match.open());

test("a picture dropped anywhere finds its product", async ({ match, page }) => {
  await match.drop(SNEAKERS);
  await match.answered();
  await expect(match.verdict).toHaveAttribute("data-verdict", "match");
  await expect(match.verdict).toContainText("This is Allstar Sneakers");
  await expect(match.product).toContainText("$65.00");
  await expect(match.product).toContainText("allstar-sneakers");
  await expect(page.getByTestId("announcer")).toContainText("This is Allstar Sneakers");

  await page.getByRole("tab", { name: "Why" }).click();
  await expect(page.getByText("Looks alike")).toBeVisible();
  await page.getByRole("tab", { name: "Timings" }).click();
  await expect(page.getByRole("table", { name: "Timings by stage" })).toContainText("encode");
});

test("the points in which the pictures agree are drawn, and can be hidden", async ({ match, page }) => {
  await match.drop(KEYBOARD);
  await match.answered();
  const lines = page.getByTestId("matched-points").locator("line");
  await expect(lines.first()).toBeAttached();
  await page.getByRole("switch", { name: /points agree/ }).click({ force: true });
  await expect(lines).toHaveCount(0);
});

test("where the product lies is framed, and is where marking a part begins", async ({ match, page }) => {
  await match.choose(join(QUERIES, "camera-on-gravel.jpg"));
  await match.answered();
  await expect(page.getByTestId("found-region")).toBeVisible();
  await page.getByRole("button", { name: "Mark a part" }).click();
  await match.answered();
  await expect(match.product).toContainText("instamatic-camera");
  await page.getByRole("tab", { name: "Use via API" }).click();
  await expect(page.getByTestId("api-snippet")).toContainText("region[x]=");
  await expect(page.getByTestId("api-snippet"), "the middle, where nothing was found").not.toContainText(
    "region[width]=0.6'",
  );
});

test("a pasted picture finds its product", async ({ match, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const png = await sharp(KEYBOARD).png().toBuffer();
  await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob("${png.toString("base64")}"), (c) => c.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
  })()`);
  await page.keyboard.press("ControlOrMeta+V");
  await match.answered();
  await expect(match.product).toContainText("clacky-keyboard");
});

test("an example is one click", async ({ match, page }) => {
  await page
    .getByRole("button", { name: /^Try: / })
    .first()
    .click();
  await match.answered();
  await expect(match.product).toBeVisible();
});

test("a box around a part is matched, by mouse and by keys, and can be taken away", async ({ match, page }) => {
  await match.choose(SNEAKERS);
  await match.answered();
  const run = () => page.getByRole("tabpanel", { name: "Why" }).locator("code").textContent();
  await page.getByRole("tab", { name: "Why" }).click();
  const whole = await run();

  const surface = await page.getByTestId("region-surface").boundingBox();
  if (surface === null) throw new Error("the picture is not shown");
  await page.mouse.move(surface.x + surface.width * 0.2, surface.y + surface.height * 0.1);
  await page.mouse.down();
  await page.mouse.move(surface.x + surface.width * 0.9, surface.y + surface.height * 0.9, { steps: 5 });
  await page.mouse.up();
  await expect.poll(run).not.toBe(whole);
  await match.answered();
  const drawn = await run();

  const box = page.getByRole("button", { name: /Part that is matched/ });
  await box.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowUp");
  await expect.poll(run).not.toBe(drawn);
  await match.answered();
  await page.getByRole("tab", { name: "Use via API" }).click();
  await expect(page.getByTestId("api-snippet")).toContainText("region[x]=0.18");

  await box.focus();
  await page.keyboard.press("Delete");
  await expect(box).toHaveCount(0);
  await match.answered();
  await expect(page.getByTestId("api-snippet")).not.toContainText("region");
});

test("wrong, and which one it is, go to the journal", async ({ match, page }) => {
  await match.choose(SNEAKERS);
  await match.answered();
  await page.getByRole("button", { name: "Wrong" }).click();
  await expect(page.getByTestId("feedback-note")).toContainText("Noted: wrong");
  await page.getByRole("combobox", { name: "The product that it is" }).fill("laptop");
  await page.getByRole("option", { name: /Laptop \(laptop\)/ }).click();
  await expect(page.getByTestId("feedback-note")).toContainText("Noted: it is laptop");

  await page.goto("/journal?tab=runs");
  const row = page.getByRole("row", { name: /sneakers-turned\.jpg/ });
  await expect(row).toContainText("Another one");
  await row.getByRole("button").click();
  await expect(page.getByRole("dialog", { name: "Run" })).toContainText("Another one: laptop");
});

test("words alone find products", async ({ match, page }) => {
  await page.getByLabel("Words or a barcode to look for").fill("a plant in a pot");
  await page.keyboard.press("Enter");
  await match.answered();
  await expect(match.product).toContainText("Plants");
  await page.getByRole("tab", { name: "Use via API" }).click();
  await expect(page.getByTestId("api-snippet")).toContainText("/match/text");
});

test("a typed barcode is looked up exactly", async ({ match, page }) => {
  await page.getByLabel("Words or a barcode to look for").fill("2000041010134");
  await page.getByRole("button", { name: "Find" }).click();
  await match.answered();
  await expect(match.verdict).toContainText("This is Tablet");
});

test("what is not in the catalogue is said so, with the nearest products", async ({ match, page }) => {
  await match.drop(join(QUERIES, "not-here-coffee.jpg"));
  await match.answered();
  await expect(match.verdict).toHaveAttribute("data-verdict", "none");
  await expect(match.verdict).toContainText("Not in the catalogue");
  await expect(page.getByRole("tab", { name: "Nearest products" })).toBeVisible();
  await expect(page.getByRole("button", { name: "It is this one" })).not.toHaveCount(0);
});

test("a broken file gets a coded error, and the app goes on", async ({ match, page, allowedErrors }) => {
  // The browser logs the answer's status by itself.
  allowedErrors.push(/Failed to load resource/);
  await match.drop(join(QUERIES, "broken.jpg"), Buffer.from("this is no picture"));
  await expect(page.getByRole("alert")).toContainText(/IMAGE_(UNREADABLE|UNSUPPORTED)/);
  await expect(page.getByRole("alert")).toContainText("broken.jpg");

  const half = readFileSync(KEYBOARD).subarray(0, 9_000);
  await match.drop(join(QUERIES, "half.jpg"), half);
  await expect(page.getByRole("alert")).toContainText("half.jpg");

  await match.drop(KEYBOARD);
  await match.answered();
  await expect(match.product).toContainText("clacky-keyboard");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a match can be cancelled, and asked again", async ({ match, page }) => {
  const held = Promise.withResolvers<void>();
  await page.route("**/rpc/match/stream", async (route) => {
    await held.promise;
    // Its request is cancelled by then.
    await route.continue().catch(() => {});
  });
  await match.choose(KEYBOARD);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "Cancelled" })).toBeVisible();
  held.resolve();
  await page.unroute("**/rpc/match/stream");
  await page.getByRole("button", { name: "Ask again" }).click();
  await match.answered();
  await expect(match.product).toContainText("clacky-keyboard");
});

test("the curl of the API panel really asks the same", async ({ match, page }) => {
  await match.choose(SNEAKERS);
  await match.answered();
  await page.getByLabel("Note that goes with the picture").fill('it\'s a "left" $shoe');
  await page.getByRole("button", { name: "Find" }).click();
  await match.answered();
  await page.getByRole("tab", { name: "Use via API" }).click();
  const snippet = page.getByTestId("api-snippet");
  await expect(snippet).toContainText("left");

  const answer = JSON.parse(
    execFileSync("sh", ["-c", (await snippet.textContent()) ?? ""], { cwd: QUERIES, encoding: "utf8" }),
  );
  const verdict = await match.verdict.getAttribute("data-verdict");
  expect({ verdict: answer.verdict, sku: answer.matches[0].sku }).toEqual({ verdict, sku: "allstar-sneakers" });

  await page.getByText("TypeScript", { exact: true }).click();
  await expect(snippet).toContainText("openAsBlob");
  const code = (await snippet.textContent()) ?? "";
  const said = execFileSync(process.execPath, ["--input-type=module-typescript", "-e", code], {
    cwd: QUERIES,
    encoding: "utf8",
    // The test runner asks its children for colours.
    env: { ...process.env, FORCE_COLOR: "0" },
  });
  expect(said).toMatch(new RegExp(`^${verdict} allstar-sneakers 0\\.\\d+`));
});
