import { randomUUID } from "node:crypto";
import type { Config } from "../../shared/config.ts";
import type { Run } from "../../shared/contract/journal.ts";
import type { MatchResult } from "../../shared/contract/match.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { indexFilterOf } from "../index/filter.ts";
import type { Journal } from "../journal/port.ts";
import { cropToRegion, type DecodedPicture, decodePicture } from "../picture/decode.ts";
import type { Matcher, MatchRequest, NamedBytes } from "../services.ts";
import type { Answer, Answerer, Question } from "./answer.ts";
import { type Calibration, thresholds } from "./calibration.ts";
import { createGate } from "./gate.ts";
import { createRecorder } from "./recorder.ts";
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
/** Longest side, in pixels, that a query is encoded, compared and read at. */
const WORKING_SIDE = 1280;
/** The same for barcodes: their bars are the finest thing that is looked for. */
const BARCODE_SIDE = 2560;

const roundMs = (ms: number) => Math.round(ms * 100) / 100;

export function createMatcher({
  answer,
  journal,
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
      fingerprint,
      top: request.top ?? match.top,
      thresholds: thresholds(calibration, given.kind, match),
      calibrated: calibration.fingerprint === fingerprint,
      picture: decoded,
      region: request.region,
      totalMs: performance.now() - startedAt,
    });
  }

  function decode(picture: NamedBytes, side: number): Promise<DecodedPicture> {
    const { pictureBytes, picturePixels } = config().limits;
    return decodePicture(picture.bytes, { name: picture.name, maxBytes: pictureBytes, maxPixels: picturePixels, side });
  }

  function questionOf({ picture, region, text, filter }: MatchRequest, decoded: DecodedPicture | undefined): Question {
    const looked = (whole: DecodedPicture) => (region === undefined ? whole : cropToRegion(whole, region));
    const larger = decoded !== undefined && Math.max(decoded.originalWidth, decoded.originalHeight) > WORKING_SIDE;
    return {
      ...(decoded === undefined ? {} : { picture: looked(decoded) }),
      ...(larger && picture ? { enlarged: async () => looked(await decode(picture, BARCODE_SIDE)) } : {}),
      ...(text === undefined ? {} : { text }),
      ...(filter === undefined ? {} : { filter: indexFilterOf(filter) }),
    };
  }

  async function* match(request: MatchRequest, signal?: AbortSignal): AsyncGenerator<MatchResult, void> {
    const runId = randomUUID();
    const startedAt = performance.now();
    let decoded: DecodedPicture | undefined;
    let result: MatchResult | null = null;
    let kept = false;
    /** Journals the run as it stands, the first time that it is called. */
    const keep = async (error: Run["error"]) => {
      if (kept) return;
      kept = true;
      await record({ runId, request, hash: decoded?.contentHash ?? null, result, error });
    };
    const leave = await gate.enter(signal);
    try {
      const enteredAt = performance.now();
      if (request.picture !== undefined) decoded = await decode(request.picture, WORKING_SIDE);
      const before = { wait: roundMs(enteredAt - startedAt), decode: roundMs(performance.now() - enteredAt) };
      const { verify, readText } = config().match;
      const options = { verify: verify ? VERIFIED : 0, readText, readBarcodes: true, ...(signal ? { signal } : {}) };
      for await (const given of answer(questionOf(request, decoded), options)) {
        given.timings = { ...before, ...given.timings };
        result = resultOf(runId, request, decoded, given, startedAt);
        if (given.stage === "refined") await keep(null);
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

  return { match };
}
