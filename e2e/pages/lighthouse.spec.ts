import { lighthouseModule } from "../../scripts/setup/lighthouse.mjs";
import { expect, test } from "../fixtures.ts";
import { AUDITED, AUDITED_DARK, audit } from "../lighthouse.ts";

const LEAST = 95;

test("Lighthouse gives every page 95 or more, for accessibility and for best practices", async ({ host }) => {
  test.skip(lighthouseModule() === null, "Lighthouse is not installed: npm could not be reached");
  test.setTimeout(900_000);
  const scores = await audit(host.url, AUDITED);
  expect(scores.map(({ path }) => path)).toEqual(AUDITED);
  for (const { brightness } of scores) expect(brightness).toBeGreaterThan(150);
  expect(scores.filter((page) => Math.min(page.accessibility, page.bestPractices) < LEAST)).toEqual([]);
});

test("in the dark as well", async ({ host }) => {
  test.skip(lighthouseModule() === null, "Lighthouse is not installed: npm could not be reached");
  test.setTimeout(300_000);
  const scores = await audit(host.url, AUDITED_DARK, "dark");
  expect(scores.map(({ path }) => path)).toEqual(AUDITED_DARK);
  for (const { brightness } of scores) expect(brightness).toBeLessThan(100);
  expect(scores.filter((page) => Math.min(page.accessibility, page.bestPractices) < LEAST)).toEqual([]);
});
