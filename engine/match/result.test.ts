import { expect, test } from "vitest";
import { productSchema } from "../../shared/contract/domain.ts";
import { blankEvidence } from "./evidence.ts";
import type { RankedCandidate, Ranking } from "./ranking.ts";
import { verdictOf } from "./result.ts";

const limits = { match: 0.4, none: 0.1 };

function candidate(sku: string, confidence: number): RankedCandidate {
  const time = "2026-01-01T00:00:00.000Z";
  const product = productSchema.parse({
    ...{ sku, name: sku, pictures: [], indexState: "indexed", indexReason: null, createdAt: time, updatedAt: time },
  });
  return { ...blankEvidence(sku), product, confidence };
}

const verdict = (ranking: Ranking) => verdictOf({ ...ranking, unmeasured: false }, limits);

test("of two that are nearly as likely neither is a match, though either alone would pass", () => {
  expect(verdict({ candidates: [candidate("A", 0.5), candidate("B", 0.49)], presence: 0.99 })).toBe("similar");
  expect(verdict({ candidates: [candidate("A", 0.5), candidate("B", 0.2)], presence: 0.99 })).toBe("match");
  expect(verdict({ candidates: [candidate("A", 0.5)], presence: 0.5 })).toBe("match");
  // Wherever it stands: a description may have put a less likely one before it.
  const reordered = [candidate("A", 0.5), candidate("C", 0.2), candidate("B", 0.29)];
  expect(verdict({ candidates: reordered, presence: 0.99 })).toBe("similar");
});

test("variants that are hardly told apart are no match, a clear first among them is", () => {
  const hardly = [candidate("A", 0.7), candidate("B", 0.29)];
  const variants = { skus: ["A", "B"], confidence: 0.99, share: 0.71 };
  expect(verdict({ candidates: hardly, presence: 0.99 })).toBe("match");
  expect(verdict({ candidates: hardly, presence: 0.99, variants })).toBe("similar");
  const clear = [candidate("A", 0.95), candidate("B", 0.02)];
  expect(verdict({ candidates: clear, presence: 0.99, variants: { ...variants, share: 0.98 } })).toBe("match");
});

test("what is nearest stays none where nothing speaks for its being here", () => {
  expect(verdict({ candidates: [candidate("A", 0.05)], presence: 0.05 })).toBe("none");
  expect(verdict({ candidates: [], presence: 0 })).toBe("none");
});
