import type { ReactNode } from "react";
import type { SystemReport } from "../../../shared/contract/evaluation-report.ts";
import { atX, atY, linePath, PLOT, reliabilityMarks, scoreBars, TICKS } from "../../../shared/evaluation/plots.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./plots.module.css";

type Curves = SystemReport["curves"];

interface FrameProps {
  title: string;
  /** Read out in place of the drawing. */
  says: string;
  x: string;
  y: string;
  /** Whether the upright axis has the same unit as the other. */
  unit?: boolean;
  children: ReactNode;
}

function Frame({ title, says, x, y, unit = true, children }: FrameProps) {
  const { size, left, top, side } = PLOT;
  return (
    <figure className={classes.plot}>
      <figcaption className={classes.title}>{title}</figcaption>
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={says} className={classes.drawing}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <line className={classes.grid} x1={left} x2={left + side} y1={atY(tick)} y2={atY(tick)} />
            <text x={atX(tick)} y={top + side + 13} textAnchor="middle">
              {tick}
            </text>
            {unit && (
              <text x={left - 5} y={atY(tick) + 3} textAnchor="end">
                {tick}
              </text>
            )}
          </g>
        ))}
        {children}
        <text x={left + side / 2} y={size - 8} textAnchor="middle">
          {x}
        </text>
        <text transform={`translate(11 ${top + side / 2}) rotate(-90)`} textAnchor="middle">
          {y}
        </text>
      </svg>
    </figure>
  );
}

const DIAGONAL = linePath([
  { x: 0, y: 0 },
  { x: 1, y: 1 },
]);

export function ReliabilityPlot({ bins }: { bins: Curves["reliability"] }) {
  const said = bins
    .map(({ confidence, right }) =>
      t("said {said}, right {right}", { said: confidence.toFixed(2), right: right.toFixed(2) }),
    )
    .join("; ");
  return (
    <Frame
      title={t("Is the confidence true?")}
      says={`${t("Reliability:")} ${said}`}
      x={t("confidence that was said")}
      y={t("how often it was right")}
    >
      <path className={classes.ideal} d={DIAGONAL} />
      <path className={classes.line} d={linePath(bins.map(({ confidence: x, right: y }) => ({ x, y })))} />
      {reliabilityMarks(bins).map((mark) => (
        <circle key={`${mark.x} ${mark.y}`} className={classes.mark} cx={mark.x} cy={mark.y} r={mark.radius} />
      ))}
    </Frame>
  );
}

export function PrecisionRecallPlot({ points }: { points: Curves["precisionRecall"] }) {
  const last = points.at(-1);
  return (
    <Frame
      title={t("Precision against recall")}
      says={t("Precision falls to {precision} where all is answered; recall is {recall} then.", {
        precision: last?.y.toFixed(2) ?? "",
        recall: last?.x.toFixed(2) ?? "",
      })}
      x={t("recall: right answers of all products")}
      y={t("precision: right of those given")}
    >
      <path className={classes.line} d={linePath(points)} />
    </Frame>
  );
}

export function RocPlot({ points }: { points: Curves["roc"] }) {
  return (
    <Frame
      title={t("Here, or not? (ROC)")}
      says={t("Share of present products found so, over the share of absent ones taken for present")}
      x={t("absent, taken for present")}
      y={t("present, found so")}
    >
      <path className={classes.ideal} d={DIAGONAL} />
      <path className={classes.line} d={linePath(points)} />
    </Frame>
  );
}

export function ScorePlot({ scores }: { scores: NonNullable<Curves["scores"]> }) {
  const { present, absent } = scoreBars(scores);
  return (
    <Frame
      title={t("Confidence that it is here")}
      says={t("Histogram of the confidence, of present products and of absent ones")}
      x={t("confidence that it is here")}
      y={t("share of the photos")}
      unit={false}
    >
      {present.map((bar) => (
        <rect key={bar.x} className={classes.present} {...bar} />
      ))}
      {absent.map((bar) => (
        <rect key={bar.x} className={classes.absent} {...bar} />
      ))}
      <g>
        <rect className={classes.present} x={PLOT.left + 62} y={PLOT.top + 2} width={8} height={8} />
        <text x={PLOT.left + 74} y={PLOT.top + 10}>
          {t("here")}
        </text>
        <rect className={classes.absent} x={PLOT.left + 106} y={PLOT.top + 2} width={8} height={8} />
        <text x={PLOT.left + 118} y={PLOT.top + 10}>
          {t("not here")}
        </text>
      </g>
    </Frame>
  );
}
