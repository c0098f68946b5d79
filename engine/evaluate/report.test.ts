import { expect, test } from "vitest";
import { compareSides } from "./compare.ts";
import { systemReports } from "./report.ts";
import type { Ask, Trial } from "./trial.ts";
import { describeMistake, worstOf } from "./worst.ts";

const ask = (over: Partial<Ask>): Ask => ({
  rank: 1,
  presence: 0.9,
  first: "other",
  confidence: 0.9,
  own: 0.9,
  verdict: "match",
  ...over,
});
const nothing = ask({ rank: null, presence: 0.1, confidence: 0.1, own: null, verdict: "none" });

const trial = (query: number, sku: string, present: Ask, absent: Ask = nothing, over: Partial<Trial> = {}): Trial => ({
  query,
  key: `query ${query}`,
  label: `photo ${query}`,
  sku,
  category: query < 3 ? "Shoes" : "Bags",
  transformation: query % 2 === 0 ? "blur" : "crop",
  severity: "mild",
  runId: null,
  systems: { refined: { present, absent } },
  ...over,
});

const TRIALS = [
  trial(1, "a", ask({})),
  trial(2, "b", ask({ rank: 3, presence: 0.6, confidence: 0.6, own: 0.1 })),
  trial(3, "c", ask({ rank: null, presence: 0.05, confidence: 0.05, own: null, verdict: "none" })),
  trial(4, "d", ask({ verdict: "similar" }), ask({ rank: null, presence: 0.4, confidence: 0.4, verdict: "match" })),
];

async function refined(trials: readonly Trial[]) {
  const [report] = await systemReports(trials, 1);
  if (report === undefined) throw new Error("no report");
  return report;
}

test("recall, rank, AUROC, verdict shares and precision, by hand", async () => {
  const report = await refined(TRIALS);
  expect(report.recallAt1).toMatchObject({ value: 0.5, n: 4 });
  expect(report.recallAt5.value).toBe(0.75);
  // 1, 1/3, 0, 1
  expect(report.mrr.value).toBeCloseTo((1 + 1 / 3 + 1) / 4, 4);
  // Of 16 pairs: 0.9 and 0.9 win all 8; 0.6 wins 4; 0.05 loses all.
  expect(report.auroc).toMatchObject({ value: 0.75, n: 8 });
  expect(report.verdicts?.present.match.value).toBe(0.5);
  expect(report.verdicts?.present.none.value).toBe(0.25);
  expect(report.verdicts?.absent).toMatchObject({
    match: { value: 0.25 },
    similar: { value: 0 },
    none: { value: 0.75 },
  });
  // Matched: one right, one wrong, and one absent that counts a half.
  expect(report.matchPrecision.value).toBeCloseTo(1 / 2.5, 4);
  for (const { value, interval } of [report.recallAt1, report.auroc, report.mrr]) {
    expect(interval?.[0]).toBeLessThanOrEqual(value ?? Number.NaN);
    expect(interval?.[1]).toBeGreaterThanOrEqual(value ?? Number.NaN);
  }
});

test("calibration error counts absent products as one question in three", async () => {
  const report = await refined(TRIALS);
  // Last bin: 0.9 twice, right twice: gap 0.1 of weight 2. 0.6 wrong: 0.6 of 1. 0.05 wrong: 0.05 of 1.
  // Absent, a half each: 0.1 wrong three times, 0.4 wrong once.
  const gaps = 2 * 0.1 + 0.6 + 0.05 + 0.5 * (3 * 0.1 + 0.4);
  expect(report.ece.value).toBeCloseTo(gaps / (4 + 2), 4);
  expect(report.curves.reliability.at(-1)).toMatchObject({ from: 0.9, n: 2, confidence: 0.9, right: 1 });
});

test("curves end where all is taken, and start where nothing wrong is", async () => {
  const { roc, precisionRecall, scores } = (await refined(TRIALS)).curves;
  expect(roc[0]).toMatchObject({ x: 0, y: 0 });
  expect(roc.at(-1)).toMatchObject({ x: 1, y: 1 });
  // Down to 0.9: two answers, both right, of four products.
  expect(precisionRecall[0]).toEqual({ x: 0.5, y: 1, threshold: 0.9 });
  // All: two right of four and of the halves of four absent ones.
  expect(precisionRecall.at(-1)?.y).toBeCloseTo(2 / 6, 4);
  expect(scores?.present.reduce((sum, count) => sum + count, 0)).toBe(4);
});

test("slices: by category, by transformation and its severity", async () => {
  const { slices } = await refined(TRIALS);
  const of = (by: string, name: string) => slices.find((one) => one.by === by && one.name === name);
  expect(of("category", "Shoes")?.recallAt1).toMatchObject({ value: 0.5, n: 2 });
  expect(of("transformation", "crop")?.recallAt1).toMatchObject({ value: 0.5, n: 2 });
  expect(of("severity", "blur")).toMatchObject({
    severity: "mild",
    recallAt1: { value: 0.5 },
    noneOnAbsent: { value: 0.5 },
  });
});

test("a query without a product has an absent side alone", async () => {
  const report = await refined([
    ...TRIALS,
    { ...trial(5, "", ask({})), sku: null, systems: { refined: { present: null, absent: nothing } } },
  ]);
  expect(report.recallAt1.n).toBe(4);
  expect(report.verdicts?.absent.none).toMatchObject({ value: 0.8, n: 5 });
});

test("what was always right may still go wrong: the interval is the exact one of as many products", async () => {
  const right = Array.from({ length: 40 }, (_, i) => trial(i, `sku ${i % 20}`, ask({})));
  const { recallAt1, verdicts } = await refined(right);
  // Clopper and Pearson of 20 in 20: beta.ppf(0.025, 20, 1) = 0.025 ** (1 / 20)
  expect(recallAt1).toEqual({ value: 1, interval: [0.8316, 1], n: 40 });
  expect(verdicts?.present.none).toEqual({ value: 0, interval: [0, 0.1684], n: 40 });
});

test("one product alone has no interval", async () => {
  expect((await refined([trial(1, "a", ask({}))])).recallAt1).toEqual({ value: 1, interval: null, n: 1 });
});

test("baselines have no verdicts and no calibration", async () => {
  const plain = TRIALS.map((one) => ({
    ...one,
    systems: { plain: one.systems.refined ?? { present: null, absent: null } },
  }));
  expect(await refined(plain)).toMatchObject({
    id: "plain",
    recallAt1: { value: 0.5 },
    verdicts: null,
    ece: { value: null, n: 0 },
  });
});

test("a comparison is of the queries that both have, pair by pair", async () => {
  const better = TRIALS.map((one) =>
    one.query === 2
      ? { ...one, systems: { "b.refined": { present: ask({}), absent: nothing } } }
      : { ...one, systems: { "b.refined": one.systems.refined ?? { present: null, absent: null } } },
  );
  const other = [
    ...better.slice(0, 3),
    trial(9, "z", ask({}), nothing, { systems: { "b.refined": { present: ask({}), absent: nothing } } }),
  ];
  const sides = [
    { trials: TRIALS, system: "refined" },
    { trials: other, system: "b.refined" },
  ] as const;
  const compared = await compareSides(...sides, 1);
  expect(compared).toMatchObject({ queries: 3, left: 2, gained: 1, lost: 0 });
  const recall = compared.figures.find(({ figure }) => figure === "recallAt1");
  expect(recall).toMatchObject({ a: 0.3333, b: 0.6667, difference: { value: 0.3333 } });
  // Where both answer alike there is nothing between them, in no resample.
  const same = await compareSides(sides[0], sides[0], 1);
  expect(same.figures.find(({ figure }) => figure === "auroc")?.difference).toMatchObject({
    value: 0,
    interval: [0, 0],
  });
});

test("the surest mistakes come first, with what was wanted and what was given", () => {
  const worst = worstOf(TRIALS);
  // 0.6 for another and 0.1 for the right one; 0.05 for another; an absent one matched at 0.4.
  expect(worst.map(({ trial: { query }, asked }) => [query, asked])).toEqual([
    [2, "present"],
    [3, "present"],
    [4, "absent"],
  ]);
  const products = new Map([["b", { sku: "b", name: "Boot", picture: null }]]);
  const [first, , last] = worst.map((mistake) => describeMistake(mistake, products));
  expect(first).toMatchObject({ wanted: { name: "Boot" }, given: { sku: "other" }, rank: 3, verdict: "match" });
  expect(last).toMatchObject({ wanted: null, asked: "absent", verdict: "match" });
});
