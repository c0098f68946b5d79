import { expect, it } from "vitest";
import type { DraftingProgress } from "../../../shared/contract/drafts.ts";
import { draftingLine } from "./drafts-words.ts";

const line = (change: Partial<DraftingProgress>) =>
  draftingLine({
    ...{
      state: "running",
      done: 3,
      total: 1200,
      drafted: 2,
      failed: [],
      failedCount: 1,
      seconds: 6,
      secondsLeft: 2400,
      error: null,
    },
    ...change,
  });

it("says what is done and how long the rest takes", () => {
  expect(line({})).toBe("3 of 1,200 products, about 40 min left");
  expect(line({ secondsLeft: 80 })).toBe("3 of 1,200 products, about 1 min left");
  expect(line({ secondsLeft: null, done: 0 })).toBe("0 of 1,200 products");
  expect(line({ state: "looking", total: null })).toMatch(/^Looking for/);
});

it("says how it ended", () => {
  expect(line({ state: "done", drafted: 1199 })).toBe("Done: 1,199 of 1,200 drafted");
  expect(line({ state: "cancelled" })).toBe("Stopped by you: 2 of 1,200 drafted");
  expect(line({ state: "failed", total: null })).toBe("Stopped before it began");
  expect(line({ state: "done", total: 0, drafted: 0 })).toMatch(/^Done: every product/);
});
