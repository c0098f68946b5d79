import { expect, test } from "vitest";
import type { Run } from "../../shared/contract/journal.ts";
import type { MatchResult, Verdict } from "../../shared/contract/match.ts";
import { FEATURES } from "../match/evidence.ts";
import { labelledObservations, observationOf } from "./labelled.ts";

const hash = (digit: string) => digit.repeat(64);

function run(runId: string, feedback: Partial<NonNullable<Run["feedback"]>> | null, more: Partial<Run> = {}): Run {
  const verdict: Verdict = "match";
  const candidate = {
    ...{ sku: "A", name: "A", category: "", brand: "", price: null, currency: null, picture: hash("f") },
    ...{ confidence: 0.9, similarity: { image: 0.9, text: null, textToImage: null, described: null }, barcode: null },
    ...{ sharedWords: [], inliers: null, points: [] },
  };
  const result: MatchResult = {
    ...{ runId, stage: "refined", verdict, matches: [candidate], description: null, timings: {} },
    ...{ picture: { hash: hash("a"), width: 1, height: 1, format: "jpeg" }, fingerprint: "f", warnings: [] },
    ...{ described: null, describing: false },
  };
  const values = FEATURES.visual.map(() => 0.5);
  return {
    ...{ runId, time: "2026-01-01T00:00:00.000Z", kind: "picture", source: null, text: null, region: null },
    ...{ verdict, result, error: null, photo: null },
    evidence: {
      ...{ fingerprint: "f", kind: "visual", features: [...FEATURES.visual] },
      candidates: ["A", "B"].map((sku) => ({ sku, values })),
    },
    feedback:
      feedback === null
        ? null
        : { answer: "right", sku: null, note: null, time: "2026-01-02T00:00:00.000Z", ...feedback },
    ...more,
  };
}

const judged = (feedback: Partial<NonNullable<Run["feedback"]>>, more?: Partial<Run>) =>
  observationOf(run("1", feedback, more), "f");

test("what was said of an answer labels its candidates", () => {
  expect(judged({ answer: "right" })).toMatchObject({ sku: "A", present: true });
  expect(judged({ answer: "this", sku: "B" })).toMatchObject({ sku: "B", present: true });
  expect(judged({ answer: "absent" })).toMatchObject({ sku: "run 1", present: false });
  const wrong = judged({ answer: "wrong" });
  expect(wrong).toMatchObject({ sku: "run 1", present: true });
  expect(wrong?.candidates.map(({ sku }) => sku)).toEqual(["A"]);
});

test("right of an answer that it is not in the catalogue says that it is absent", () => {
  const { result } = run("1", null);
  if (result === null) throw new Error("no result");
  expect(judged({ answer: "right" }, { result: { ...result, verdict: "none" } })).toMatchObject({ present: false });
});

test("evidence of another encoder or of other features, and a photo that found itself, say nothing", () => {
  const { evidence, result } = run("1", null);
  if (evidence === undefined || result === null) throw new Error("no evidence");
  expect(observationOf(run("1", null), "f")).toBeNull();
  expect(observationOf(run("1", {}), "other")).toBeNull();
  expect(judged({}, { evidence: { ...evidence, features: ["image"] } })).toBeNull();
  expect(judged({}, { evidence: { ...evidence, kind: "nothing" } })).toBeNull();
  const picture = { hash: hash("f"), width: 1, height: 1, format: "jpeg" };
  expect(judged({}, { result: { ...result, picture } })).toBeNull();
});

test("a photo that was asked about again counts once, as it was first", async () => {
  const runs = [run("late", { answer: "absent" }), run("early", { answer: "this", sku: "B" }), run("unjudged", null)];
  const all = await labelledObservations({ runs: async () => runs }, "f");
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ sku: "B" });
});
