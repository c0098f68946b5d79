import type { Evaluation, EvaluationOptions, EvaluationSummary } from "../../shared/contract/evaluate.ts";
import type { EvaluationComparison } from "../../shared/contract/evaluation-report.ts";
import type { NamedBytes } from "../services.ts";

export type QuerySource =
  | { kind: "made"; products?: number | undefined; transformations?: readonly string[] | undefined }
  | { kind: "feedback" }
  /** A folder a SKU; one of an upload is removed when it is over. */
  | { kind: "folder"; folder: string; name: string; upload: boolean };

/** One evaluation at a time: two would only share the same encoder. */
export interface Evaluator {
  /** @throws ShelfmatchError EVALUATION_RUNNING; what is wrong with the source is told by `watch` */
  start(source: QuerySource, options: EvaluationOptions): Promise<EvaluationSummary>;
  /** Throttled; ends after the final one. @throws ShelfmatchError EVALUATION_NOT_FOUND */
  watch(id: string, signal?: AbortSignal): AsyncIterable<EvaluationSummary>;
  cancel(id: string): Promise<EvaluationSummary>;
  list(): Promise<EvaluationSummary[]>;
  /** What this run of the engine has at work, or had. */
  lately(): EvaluationSummary[];
  /** @throws ShelfmatchError EVALUATION_NOT_FOUND, DATA_CORRUPT */
  get(id: string): Promise<Evaluation>;
  /** @throws ShelfmatchError EVALUATION_RUNNING, EVALUATION_NOT_FOUND */
  remove(id: string): Promise<void>;
  /** @throws ShelfmatchError EVALUATION_NOT_FOUND, INVALID_INPUT where they have no query or no such system in common */
  compare(a: EvaluationSide, b: EvaluationSide, signal?: AbortSignal): Promise<EvaluationComparison>;
  /** A query that went wrong. @throws ShelfmatchError PICTURE_NOT_FOUND */
  picture(id: string, query: number): Promise<NamedBytes>;
  export(id: string, format: "csv" | "html"): Promise<NamedBytes>;
  close(): Promise<void>;
}

export interface EvaluationSide {
  id: string;
  /** The deciding one, unless said. */
  system?: string | undefined;
}
