import type { PictureDescription } from "../../shared/contract/describe.ts";
import type { Description, Stage } from "../../shared/contract/match.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Descriptions } from "../describe/descriptions.ts";
import type { IndexFilter } from "../index/port.ts";
import type { Look } from "../picture/look.ts";
import type { Sight } from "../sight/port.ts";
import { createPictureAnswerer } from "./answer-picture.ts";
import { createTextAnswerer } from "./answer-text.ts";
import type { Calibration } from "./calibration.ts";
import type { EvidenceKind } from "./evidence.ts";
import { BREADTH, type Searched } from "./evidence-finder.ts";
import type { Ranking } from "./ranking.ts";

/**
 * The matching itself: from a picture and words to ranked candidates, stage by stage, without journal, verdict
 * or limits. The matcher, the evaluation and the calibration all run this one.
 */

export interface Question {
  /** The picture, or the region of it that is asked about. */
  picture?: Look;
  /** Whether a person marked that part: what is asked about fills it, and no parts of it are searched. */
  marked?: boolean;
  /** A note beside the picture, or the whole question. */
  text?: string;
  filter?: IndexFilter;
}

export interface Answer extends Ranking {
  stage: Stage;
  /** What the confidences rest on. */
  kind: EvidenceKind;
  /** Of the encoder that was searched with; null where none could be. */
  fingerprint: string | null;
  description: Description | null;
  /** The picture in words; null until there are some. */
  described: PictureDescription | null;
  /** Whether a stage `described` follows, some time. */
  describing: boolean;
  /** Whether something was compared that no confidence speaks of: that the product is not here can't be said then. */
  unmeasured: boolean;
  timings: Record<string, number>;
  warnings: string[];
}

export interface AnswerOptions {
  /** Candidates that are compared pixel by pixel; 0 leaves the stage out. */
  verify: number;
  readText: boolean;
  readBarcodes: boolean;
  /** Whether a model that takes its time describes the picture, in a stage behind all others. */
  describe?: boolean;
  signal?: AbortSignal;
}

export interface AnswererParts {
  catalog: Catalog;
  /** What to search with; asked once a question, because it changes when a catalogue was embedded anew. */
  searched(): Promise<Searched>;
  sight: Sight;
  descriptions: Descriptions;
  /** Asked once a question: it may be fitted anew while the app is open. */
  calibration(): Calibration;
}

/**
 * Candidates that are compared pixel by pixel: all that the search brings up. On photos taken at a shelf the right product
 * is fifth as often as it is first, and a comparison costs a fifth of the encoder's pass.
 */
export const VERIFIED = BREADTH;

export type Answerer = (question: Question, options: AnswerOptions) => AsyncGenerator<Answer, void>;

export function createAnswerer(parts: AnswererParts): Answerer {
  const answerPicture = createPictureAnswerer(parts);
  const answerText = createTextAnswerer(parts);
  return (question, options) => {
    if (question.picture !== undefined) return answerPicture(question, question.picture, options);
    const text = question.text?.trim() ?? "";
    if (text === "")
      throw new ShelfmatchError("INVALID_INPUT", "There is nothing to look for: give a picture, a text or both.");
    return answerText(question, text, options);
  };
}
