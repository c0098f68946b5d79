import { expect, it } from "vitest";
import type { Recalibration } from "../../../shared/contract/calibration.ts";
import { outcomeWords } from "./calibration-words.ts";

const figures = (ece: number) => ({ logLoss: 0.3, ece });
const last: Recalibration = {
  ...{ time: "2026-01-01T00:00:00.000Z", products: 90, sampled: 60, queries: 400, labelled: 31, seconds: 120 },
  taken: true,
  kinds: [
    { kind: "visual", answers: 800, before: figures(0.05), after: figures(0.06), taken: false },
    { kind: "verified", answers: 800, before: figures(0.081), after: figures(0.021), taken: true },
  ],
};

it("says what a refit came to", () => {
  expect(outcomeWords(last)).toContain("1 of 2 kinds");
  expect(outcomeWords(last)).toContain("from 0.081 to 0.021");
  expect(outcomeWords({ ...last, taken: false })).toBe(
    "The shipped one was better on 400 made queries and 31 judged photos and stays.",
  );
});
