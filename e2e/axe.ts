import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Waits for what fades or slides to arrive, save what turns for ever; told as text, for the tests know no DOM. */
const settled = `Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  .map(({ finished }) => finished))`;

/** What axe finds on the page as it stands that is serious or critical, a line each with the elements. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Half way from one theme to the other a word has the colour of neither, and no contrast.
  await page.evaluate(settled);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" | ")}`);
}
