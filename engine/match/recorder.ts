import type { Config } from "../../shared/config.ts";
import type { Run } from "../../shared/contract/journal.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import type { Journal } from "../journal/port.ts";
import { mediaTypeOf } from "../picture/format.ts";
import type { MatchRequest } from "../services.ts";

export interface Outcome {
  runId: string;
  request: MatchRequest;
  /** Content hash of the query picture; null where there is none, or where it could not be read. */
  hash: string | null;
  /** The last answer given; null where there was none. */
  result: MatchResult | null;
  evidence: Run["evidence"];
  error: Run["error"];
  /** A later answer of a run that is in the journal already: written over the one before, and logged no second time. */
  later?: boolean;
}

function kindOf({ picture, text }: MatchRequest): Run["kind"] {
  if (picture !== undefined) return text === undefined ? "picture" : "picture+text";
  return /^\d{8,14}$/.test(text?.trim() ?? "") ? "barcode" : "text";
}

/** What the log says of a run, in one line. */
function summary({ request, result, error }: Outcome): string {
  const asked = request.picture?.name ?? `"${request.text ?? ""}"`;
  if (error !== null) return `${asked}: ${error.code}`;
  const [first] = result?.matches ?? [];
  const found = first === undefined ? "nothing" : `${first.sku} (${first.confidence.toFixed(2)})`;
  return `${asked}: ${result?.verdict ?? "no answer"}, ${found} in ${Math.round(result?.timings.total ?? 0)} ms`;
}

/**
 * Writes a run and its log line into the journal. An answer is worth more than its record: a full disk or a lost journal
 * must not take it away, so a failure is logged and swallowed here.
 */
export function createRecorder(journal: Journal, config: () => Config): (outcome: Outcome) => Promise<void> {
  return async (outcome) => {
    const { runId, request, hash, result, evidence, error, later = false } = outcome;
    const log = (level: "info" | "warn" | "error", component: string, message: string) =>
      journal.log({ time: Date.now(), level, component, runId, message, data: null });
    const photo =
      request.picture !== undefined && hash !== null && !later && config().journal.queryPhotos !== "off"
        ? { hash, bytes: request.picture.bytes, mediaType: mediaTypeOf(request.picture.bytes) }
        : null;
    const run: Run = {
      runId,
      time: new Date().toISOString(),
      kind: kindOf(request),
      source: request.picture?.name ?? null,
      text: request.text ?? null,
      region: request.region ?? null,
      verdict: error === null ? (result?.verdict ?? null) : null,
      result,
      error,
      photo: photo === null ? null : hash,
      ...(evidence === undefined || error !== null ? {} : { evidence }),
      feedback: null,
    };
    if (!later) log(error === null ? "info" : "warn", "match", summary(outcome));
    try {
      await journal.recordRun(run, photo);
    } catch (failure) {
      log(
        "error",
        "journal",
        `The run could not be kept: ${failure instanceof Error ? failure.message : String(failure)}`,
      );
    }
  };
}
