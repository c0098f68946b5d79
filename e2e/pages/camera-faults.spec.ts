import { expect, test } from "../fixtures.ts";

/** Without the fake camera's flags there is none in a test machine, or it is not allowed: either is said. */
test("a camera that can't be had is explained, and the page goes on", async ({ match, page }) => {
  await match.open();
  await page.getByRole("button", { name: "Use the camera" }).click();
  await expect(page.getByRole("heading", { name: /No camera found|The camera is not allowed/ })).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: /No camera found|The camera is not allowed/ })).toBeVisible();
  await page.getByRole("button", { name: "Close the camera" }).click();
  await expect(page.getByRole("button", { name: "Choose a picture" })).toBeVisible();
});
