import type { Run } from "../../shared/contract/journal.ts";
import type { Journal } from "../journal/port.ts";

/** Matching runs whose answers somebody has judged. */

/** Runs that are read at once, and looked through at most: the newest say most of the catalogue as it is. */
const PAGE = 500;
const RUNS = 20_000;

export type JudgedRun = Run & { feedback: NonNullable<Run["feedback"]> };

/** Newest first. */
export async function* judgedRuns(journal: Pick<Journal, "runs">): AsyncGenerator<JudgedRun> {
  let before: string | undefined;
  for (let read = 0; read < RUNS; read += PAGE) {
    const runs = await journal.runs({ before, limit: PAGE });
    for (const run of runs) if (run.feedback !== null) yield { ...run, feedback: run.feedback };
    before = runs.at(-1)?.time;
    if (runs.length < PAGE) return;
  }
}

/**
 * The product that somebody said is the right answer: null for none of the catalogue's, undefined where nobody said. Of an
 * answer that it is not in the catalogue, "right" says just that.
 */
export function rightAnswerOf({ feedback, result }: Pick<Run, "feedback" | "result">): string | null | undefined {
  switch (feedback?.answer) {
    case "right":
      return result?.verdict === "none" ? null : result?.matches[0]?.sku;
    case "this":
      return feedback.sku ?? undefined;
    case "absent":
      return null;
    default:
      return undefined;
  }
}
