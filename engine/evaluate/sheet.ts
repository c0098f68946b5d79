import type { Figure } from "../../shared/contract/evaluation-report.ts";
import { type Resampling, resample } from "./bootstrap.ts";
import { figureOf, type Measure } from "./figures.ts";

/** Collects what is to be measured, so that every figure of a report comes of the same resamples in one go. */
export interface Sheet {
  /** @returns the figure, once the sheet was measured */
  add(measure: Measure): () => Figure;
  measure(resampling: Resampling): Promise<void>;
}

export function createSheet(): Sheet {
  const measures: Measure[] = [];
  let figures: Figure[] = [];
  return {
    add(measure) {
      const place = measures.push(measure) - 1;
      return () => {
        const figure = figures[place];
        if (figure === undefined) throw new Error("the sheet was not measured");
        return figure;
      };
    },
    async measure(resampling) {
      const once = new Float64Array(resampling.groupOf.length).fill(1);
      const statistics = measures.map(({ statistic }) => statistic);
      // One product alone says nothing of others.
      const values = resampling.groups < 2 ? [] : await resample(statistics, resampling);
      figures = measures.map(({ statistic, n, shareOf }, place) => {
        const groups = shareOf === undefined ? null : new Set(shareOf.map((one) => resampling.groupOf[one])).size;
        return figureOf(statistic(once), values[place], { n, groups });
      });
    },
  };
}
