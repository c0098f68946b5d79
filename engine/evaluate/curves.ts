import type { SystemReport } from "../../shared/contract/evaluation-report.ts";
import { type Answers, isRight, judgedOf, rounded } from "./figures.ts";
import { binOf, CALIBRATION_BINS } from "./metrics.ts";

/** The curves behind a system's figures, thin enough to be drawn and kept. */

type Curves = SystemReport["curves"];
type Point = Curves["roc"][number];

const SCORE_BINS = 20;
/** Points of a curve that is kept; more than a screen shows. */
const POINTS = 120;

interface Step {
  score: number;
  /** Added to the two sums where the threshold comes down to the score. */
  x: number;
  y: number;
}

/** Runs the threshold down the scores; equal scores pass it together. */
function* sums(steps: readonly Step[]): Generator<Point> {
  const sorted = [...steps].sort((a, b) => b.score - a.score);
  let x = 0;
  let y = 0;
  for (const [index, step] of sorted.entries()) {
    x += step.x;
    y += step.y;
    if (sorted[index + 1]?.score !== step.score) yield { x, y, threshold: step.score };
  }
}

function thin(points: readonly Point[]): Point[] {
  const step = Math.max(1, (points.length - 1) / (POINTS - 1));
  const places = new Set(Array.from({ length: Math.min(POINTS, points.length) }, (_, i) => Math.round(i * step)));
  return points
    .filter((_, place) => places.has(place))
    .map(({ x, y, threshold }) => ({ x: rounded(x), y: rounded(y), threshold: rounded(threshold) }));
}

function roc({ present, absent }: Answers): Point[] {
  if (present.length === 0 || absent.length === 0) return [];
  const steps = [
    ...present.map(({ presence }) => ({ score: presence, x: 0, y: 1 / present.length })),
    ...absent.map(({ presence }) => ({ score: presence, x: 1 / absent.length, y: 0 })),
  ];
  return thin([{ x: 0, y: 0, threshold: Math.max(...steps.map(({ score }) => score)) }, ...sums(steps)]);
}

/** Of the first candidates: x is recall, y precision, absent products among the wrong ones. */
function precisionRecall({ present, absent, absentWeight }: Answers): Point[] {
  if (present.length === 0) return [];
  const steps = [
    ...present.map((ask) => ({ score: ask.confidence, x: isRight(ask) ? 1 : 0, y: 1 })),
    ...absent.map((ask) => ({ score: ask.confidence, x: 0, y: absentWeight })),
  ];
  // The sums are right answers and all answers so far.
  const points = [...sums(steps)].map(({ x, y, threshold }) => ({ x: x / present.length, y: x / y, threshold }));
  return thin(points);
}

function reliability(answers: Answers): Curves["reliability"] {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ n: 0, weight: 0, confidence: 0, right: 0 }));
  for (const one of judgedOf(answers)) {
    const bin = bins[binOf(one.confidence)];
    if (bin === undefined) continue;
    bin.n += 1;
    bin.weight += one.share;
    bin.confidence += one.share * one.confidence;
    bin.right += one.right ? one.share : 0;
  }
  return bins.flatMap(({ n, weight, confidence, right }, index) =>
    n === 0
      ? []
      : [
          {
            ...{ from: index / CALIBRATION_BINS, to: (index + 1) / CALIBRATION_BINS, n },
            ...{ confidence: rounded(confidence / weight), right: rounded(right / weight) },
          },
        ],
  );
}

function scores({ present, absent }: Answers): NonNullable<Curves["scores"]> {
  const histogram = (asks: Answers["present"]) => {
    const bins = new Array<number>(SCORE_BINS).fill(0);
    for (const { presence } of asks) {
      const bin = Math.min(SCORE_BINS - 1, Math.max(0, Math.floor(presence * SCORE_BINS)));
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    return bins;
  };
  return { present: histogram(present), absent: histogram(absent) };
}

/** @param probabilities whether the system's scores are any */
export function curvesOf(answers: Answers, probabilities: boolean): Curves {
  return {
    roc: roc(answers),
    precisionRecall: precisionRecall(answers),
    reliability: probabilities ? reliability(answers) : [],
    scores: probabilities ? scores(answers) : null,
  };
}
