import { join } from "node:path";
import { kill } from "node:process";
import { QUERIES } from "../match-page.ts";
import { expect, test } from "./fixtures.ts";

test.describe("on a new machine", () => {
  test.use({ seeded: false });

  test("the first start brings the sample, and a dropped photo finds its product", async ({ desktop, match }) => {
    const { page } = desktop;
    await expect(page.getByRole("heading", { name: "Which product is this?" })).toBeVisible();
    await expect(page.getByText("54 products")).toBeVisible({ timeout: 90_000 });
    await expect.poll(() => desktop.indexed(), { timeout: 60_000 }).toBe(54);
    await match.drop(join(QUERIES, "sneakers-turned.jpg"));
    await match.answered();
    await expect(match.product).toContainText("allstar-sneakers");
    // The catalogue's own pictures come through the app's protocol.
    const picture = page.locator('img[src*="/api/v1/pictures/"]').first();
    await expect.poll(() => picture.evaluate((image) => Number(Reflect.get(image, "naturalWidth")))).toBeGreaterThan(0);
  });
});

test("an engine that is killed in the middle of a match is said, and heals; nothing is lost", async ({
  desktop,
  match,
  allowedErrors,
}) => {
  allowedErrors.push(/Failed to load resource/);
  const { page } = desktop;
  await expect(page.getByText("54 products")).toBeVisible();
  const first = desktop.enginePid() ?? Number.NaN;
  // The log may begin with a start that the tests missed.
  const starts = () => desktop.logs().match(/The engine is ready/g)?.length ?? 0;
  const before = starts();
  // Stopped, it can't be done before it is killed.
  kill(first, "SIGSTOP");
  await match.drop(join(QUERIES, "football-overexposed.jpg"));
  await page.waitForTimeout(500);
  kill(first, "SIGKILL");
  const failure = page.getByRole("alert").filter({ hasText: "ENGINE_GONE" });
  await expect(failure).toBeVisible();
  await expect.poll(starts, { timeout: 60_000 }).toBe(before + 1);
  await failure.getByRole("button", { name: "Try again" }).click();
  await match.answered();
  await expect(match.product).toContainText("football");
  await expect(page.getByText("The engine does not answer.")).toHaveCount(0);
});
