import type { SystemReport } from "../../../shared/contract/evaluation-report.ts";
import {
  atX,
  atY,
  type Bar,
  linePath,
  PLOT,
  reliabilityMarks,
  scoreBars,
  TICKS,
} from "../../../shared/evaluation/plots.ts";
import { html, type Markup } from "./markup.ts";

/** The plots of a report's file, as SVG. */

function frame(title: string, x: string, y: string, content: readonly Markup[], unit = true): Markup {
  const { size, left, top, side } = PLOT;
  const ticks = TICKS.map(
    (tick) =>
      html`<line class="grid" x1="${left}" x2="${left + side}" y1="${atY(tick)}" y2="${atY(tick)}" /><text x="${atX(tick)}" y="${top + side + 14}" text-anchor="middle">${tick}</text>${
        unit ? html`<text x="${left - 5}" y="${atY(tick) + 3}" text-anchor="end">${tick}</text>` : null
      }`,
  );
  return html`<figure><figcaption>${title}</figcaption><svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${title}">${ticks}${content}<text x="${left + side / 2}" y="${size - 6}" text-anchor="middle">${x}</text><text transform="translate(11 ${top + side / 2}) rotate(-90)" text-anchor="middle">${y}</text></svg></figure>`;
}

const diagonal = html`<path class="ideal" d="${linePath([
  { x: 0, y: 0 },
  { x: 1, y: 1 },
])}" />`;
const bars = (all: readonly Bar[], kind: string) =>
  all.map(
    ({ x, y, width, height }) => html`<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" />`,
  );

export function plotsOf({ curves }: SystemReport): Markup[] {
  const { roc, precisionRecall, reliability, scores } = curves;
  const marks = reliabilityMarks(reliability).map(
    ({ x, y, radius }) => html`<circle cx="${x}" cy="${y}" r="${radius}" />`,
  );
  const line = html`<path class="line" d="${linePath(reliability.map(({ confidence: x, right: y }) => ({ x, y })))}" />`;
  return [
    ...(reliability.length > 0
      ? [frame("Is the confidence true?", "said confidence", "how often right", [diagonal, line, ...marks])]
      : []),
    ...(precisionRecall.length > 0
      ? [
          frame("Precision against recall", "recall", "precision", [
            html`<path class="line" d="${linePath(precisionRecall)}" />`,
          ]),
        ]
      : []),
    ...(roc.length > 0
      ? [
          frame("Here or not (ROC)", "absent, taken for present", "present, found so", [
            diagonal,
            html`<path class="line" d="${linePath(roc)}" />`,
          ]),
        ]
      : []),
    ...(scores === null
      ? []
      : [
          frame(
            "Confidence of present (green) and absent (grey)",
            "confidence that it is here",
            "share of answers",
            [...bars(scoreBars(scores).present, "present"), ...bars(scoreBars(scores).absent, "absent")],
            false,
          ),
        ]),
  ];
}
