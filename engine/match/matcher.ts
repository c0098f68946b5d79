import { randomUUID } from "node:crypto";
import type { Config } from "../../shared/config.ts";
import type { Run } from "../../shared/contract/journal.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { indexFilterOf } from "../index/filter.ts";
import type { Journal } from "../journal/port.ts";
import { cropToRegion, type DecodedPicture, decodePicture } from "../picture/decode.ts";
import { mediaTypeOf } from "../picture/format.ts";
import type { Matcher, MatchRequest, NamedBytes } from "../services.ts";
import type { Answer, Answerer } from "./answer.ts";
import { type Calibration, thresholds } from "./calibration.ts";
import { createGate } from "./gate.ts";
import { toResult } from "./result.ts";

interface MatcherOptions {
  answer: Answerer;
  journal: Journal;
  calibration: Calibration;
  /** Read at every run: settings change while the app is open. */
  config(): Config;
  fingerprint: string;
  /** Runs that may work at once; the others wait their turn. */
  concurrency: number;
}

/** Candidates compared pixel by pixel: beyond these the visual order is hardly ever wrong. */
const VERIFIED = 6;

function kindOf({ picture, text }: MatchRequest): Run["kind"] {
  if (picture !== undefined) return text === undefined ? "picture" : "picture+text";
  return /^\d{8,14}$/.test(text?.trim() ?? "") ? "barcode" : "text";
}

const roundMs = (ms: number) => Math.round(ms * 100) / 100;

export function createMatcher({
  answer,
  journal,
  calibration,
  config,
  fingerprint,
  concurrency,
}: MatcherOptions): Matcher {
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
      fingerprint,
      top: request.top ?? match.top,
      thresholds: thresholds(calibration, given.kind, match),
      calibrated: calibration.fingerprint === fingerprint,
      picture: decoded,
      region: request.region,
      totalMs: performance.now() - startedAt,
    });
  }

  async function record(
    runId: string,
    request: MatchRequest,
    hash: string | null,
    outcome: { result: MatchResult | null; error: Run["error"] },
  ): Promise<void> {
    const keepsPhoto = request.picture !== undefined && hash !== null && config().journal.queryPhotos !== "off";
    const run: Run = {
      runId,
      time: new Date().toISOString(),
      kind: kindOf(request),
      source: request.picture?.name ?? null,
      text: request.text ?? null,
      verdict: outcome.result?.verdict ?? null,
      result: outcome.result,
      error: outcome.error,
      photo: keepsPhoto ? hash : null,
      feedback: null,
    };
    try {
      const photo =
        keepsPhoto && request.picture
          ? { hash, bytes: request.picture.bytes, mediaType: mediaTypeOf(request.picture.bytes) }
          : null;
      await journal.recordRun(run, photo);
    } catch (error) {
      // An answer is worth more than its record: a full disk or a lost journal must not take it away.
      const reason = error instanceof Error ? error.message : String(error);
      journal.log({
        time: Date.now(),
        level: "error",
        component: "journal",
        runId,
        message: `The run could not be kept: ${reason}`,
        data: null,
      });
    }
  }

  async function decode(picture: NamedBytes | undefined): Promise<DecodedPicture | undefined> {
    if (picture === undefined) return undefined;
    const { pictureBytes, picturePixels } = config().limits;
    return decodePicture(picture.bytes, { name: picture.name, maxBytes: pictureBytes, maxPixels: picturePixels });
  }

  async function* match(request: MatchRequest, signal?: AbortSignal): AsyncGenerator<MatchResult, void> {
    const runId = randomUUID();
    const startedAt = performance.now();
    let decoded: DecodedPicture | undefined;
    let last: MatchResult | null = null;
    let recorded = false;
    const leave = await gate.enter(signal);
    try {
      const enteredAt = performance.now();
      decoded = await decode(request.picture);
      const before = { wait: roundMs(enteredAt - startedAt), decode: roundMs(performance.now() - enteredAt) };
      const { verify, readText } = config().match;
      const question = {
        ...(decoded === undefined
          ? {}
          : { picture: request.region === undefined ? decoded : cropToRegion(decoded, request.region) }),
        ...(request.text === undefined ? {} : { text: request.text }),
        ...(request.filter === undefined ? {} : { filter: indexFilterOf(request.filter) }),
      };
      const options = { verify: verify ? VERIFIED : 0, readText, readBarcodes: true, ...(signal ? { signal } : {}) };
      for await (const given of answer(question, options)) {
        given.timings = { ...before, ...given.timings };
        last = resultOf(runId, request, decoded, given, startedAt);
        if (given.stage === "refined") {
          await record(runId, request, decoded?.contentHash ?? null, { result: last, error: null });
          recorded = true;
        }
        yield last;
      }
    } catch (error) {
      const failure = signal?.aborted
        ? new ShelfmatchError("CANCELLED", "The match was cancelled before it was done.", { cause: error })
        : error;
      if (!recorded) {
        recorded = true;
        const body =
          failure instanceof ShelfmatchError
            ? failure.toBody()
            : { code: "INTERNAL", message: String(failure), retryable: false };
        await record(runId, request, decoded?.contentHash ?? null, {
          result: last,
          error: { code: body.code, message: body.message, retryable: body.retryable },
        });
      }
      throw failure;
    } finally {
      leave();
      // The caller stopped reading, content with an earlier stage.
      if (!recorded) await record(runId, request, decoded?.contentHash ?? null, { result: last, error: null });
    }
  }

  return { match };
}
