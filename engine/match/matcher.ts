import { randomUUID } from "node:crypto";
import type { Config } from "../../shared/config.ts";
import type { Run } from "../../shared/contract/journal.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { notYetIndexed } from "../../shared/match-warnings.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import { indexFilterOf } from "../index/filter.ts";
import type { Journal } from "../journal/port.ts";
import type { DecodedPicture } from "../picture/decode.ts";
import { type Look, lookAt } from "../picture/look.ts";
import type { Matcher, MatchRequest } from "../services.ts";
import type { Answer, Answerer, Question } from "./answer.ts";
import { answerOptionsOf } from "./answer-options.ts";
import { roundMs } from "./bookkeeping.ts";
import { type Calibration, thresholds } from "./calibration.ts";
import { FEATURES, featuresOf } from "./evidence.ts";
import { createGate } from "./gate.ts";
import { createRecorder } from "./recorder.ts";
import { toResult } from "./result.ts";

interface MatcherOptions {
  answer: Answerer;
  journal: Journal;
  /** Products that are not searchable yet. */
  pending(): Promise<number>;
  calibration(): Calibration;
  /** Read at every run: settings change while the app is open. */
  config(): Config;
  fingerprint: string;
  /** Runs that may work at once; the others wait their turn. */
  concurrency: number;
}

/** What a judged run tells a calibration; a barcode, and what nothing was measured of, tell it nothing. */
function evidenceOf({ stage, kind, candidates, fingerprint, unmeasured }: Answer): Run["evidence"] {
  const unusable = fingerprint === null || unmeasured || candidates.some(({ barcode }) => barcode !== null);
  if (stage === "described" || unusable || candidates.length === 0) return undefined;
  const rows = featuresOf(kind, candidates);
  const values = (at: number) => (rows[at] ?? []).map((value) => Number(value.toPrecision(6)));
  return {
    ...{ fingerprint, kind, features: [...FEATURES[kind]] },
    candidates: candidates.map(({ sku }, at) => ({ sku, values: values(at) })),
  };
}

export function createMatcher({
  answer,
  journal,
  pending,
  calibration,
  config,
  fingerprint,
  concurrency,
}: MatcherOptions): Matcher {
  const record = createRecorder(journal, config);
  const gate = createGate(concurrency, () => config().limits.queue);

  function resultOf(
    runId: string,
    request: MatchRequest,
    decoded: DecodedPicture | undefined,
    given: Answer,
    startedAt: number,
  ): MatchResult {
    const { match } = config();
    return toResult(given, {
      runId,
      fingerprint: given.fingerprint ?? fingerprint,
      top: request.top ?? match.top,
      thresholds: thresholds(calibration(), given.kind, match),
      calibrated: calibration().fingerprint === (given.fingerprint ?? fingerprint),
      picture: decoded,
      region: request.region,
      totalMs: performance.now() - startedAt,
    });
  }

  function lookOf({ picture, region }: MatchRequest): Look | undefined {
    if (picture === undefined) return undefined;
    const { pictureBytes, picturePixels } = config().limits;
    return lookAt(picture.bytes, { name: picture.name, maxBytes: pictureBytes, maxPixels: picturePixels }, region);
  }

  async function warnOfGaps({ warnings }: Answer): Promise<void> {
    // A catalogue that can't be reached now has said so where it was needed.
    const missing = await pending().catch(() => 0);
    if (missing === 0) return;
    warnings.push(notYetIndexed(missing));
  }

  async function* match(request: MatchRequest, signal?: AbortSignal): AsyncGenerator<MatchResult, void> {
    const runId = request.runId ?? randomUUID();
    const startedAt = performance.now();
    let decoded: DecodedPicture | undefined;
    let result: MatchResult | null = null;
    let evidence: Run["evidence"];
    let kept = false;
    /** Journals the run as it stands, the first time that it is called. */
    const keep = async (error: Run["error"]) => {
      if (kept) return;
      kept = true;
      await record({ runId, request, hash: decoded?.contentHash ?? null, result, evidence, error });
    };
    const keepLater = (described: MatchResult) =>
      record({
        runId,
        request,
        hash: decoded?.contentHash ?? null,
        result: described,
        evidence,
        error: null,
        later: true,
      });
    const leave = await gate.enter(signal, request.priority);
    try {
      const wait = roundMs(performance.now() - startedAt);
      const look = lookOf(request);
      const question: Question = {
        ...(look === undefined ? {} : { picture: look, marked: request.region !== undefined }),
        ...(request.text === undefined ? {} : { text: request.text }),
        ...(request.filter === undefined ? {} : { filter: indexFilterOf(request.filter) }),
      };
      const { describe = false } = request;
      const options = { ...answerOptionsOf(config().match), describe, ...(signal ? { signal } : {}) };
      for await (const given of answer(question, options)) {
        if (given.stage === "refined" || given.stage === "described") await warnOfGaps(given);
        decoded ??= await look?.(WORKING_SIDE);
        given.timings = { wait, ...given.timings };
        result = resultOf(runId, request, decoded, given, startedAt);
        evidence = evidenceOf(given) ?? evidence;
        if (given.stage === "refined") await keep(null);
        else if (given.stage === "described") await keepLater(result);
        // A description takes seconds, on another machine: other questions must not wait for it.
        if (given.describing) leave();
        yield result;
      }
    } catch (error) {
      const failure = signal?.aborted
        ? new ShelfmatchError("CANCELLED", "The match was cancelled before it was done.", { cause: error })
        : error;
      const { code, message, retryable } =
        failure instanceof ShelfmatchError ? failure : { code: "INTERNAL", message: String(failure), retryable: false };
      await keep({ code, message, retryable });
      throw failure;
    } finally {
      leave();
      // Still unkept where the caller stopped reading, content with an earlier stage.
      await keep(null);
    }
  }

  return { match, idle: gate.idle };
}
