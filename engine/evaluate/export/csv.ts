import type { EvaluationReport } from "../../../shared/contract/evaluation-report.ts";
import { csvLine } from "../../lib/csv.ts";
import type { Ask, Trial } from "../trial.ts";

/** Every query with what each system made of it, one line a query. */

const SIDES = ["present", "absent"] as const;
const ABOUT = ["query", "label", "sku", "category", "transformation", "severity"] as const;
const OF_ASK = ["rank", "first", "confidence", "presence", "verdict"] as const;

const cell = (value: string | number | null | undefined) =>
  value === null || value === undefined ? "" : String(value);

function askCells(ask: Ask | null | undefined): string[] {
  return OF_ASK.map((name) => cell(ask?.[name]));
}

export function exportCsv(trials: readonly Trial[], { systems }: Pick<EvaluationReport, "systems">): string {
  const ids = systems.map(({ id }) => id);
  const head = ids.flatMap((id) => SIDES.flatMap((side) => OF_ASK.map((name) => `${id} ${side} ${name}`)));
  const lines = trials.map((trial) =>
    csvLine([
      ...ABOUT.map((name) => cell(trial[name])),
      ...ids.flatMap((id) => SIDES.flatMap((side) => askCells(trial.systems[id]?.[side]))),
    ]),
  );
  return csvLine([...ABOUT, ...head]) + lines.join("");
}
