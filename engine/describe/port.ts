import type { PictureWords } from "../../shared/contract/describe.ts";
import type { EncoderHealth, ImageEncoding } from "../encode/port.ts";
import type { Look } from "../picture/look.ts";

/**
 * Port of what says in words what a picture shows. Adapters: `embedded.ts` (puts together what the app recognises and
 * reads by itself), `encode/triton/describer.ts` (a vision-language model).
 */

/** A picture, with what was found out about it already. */
export interface Sighting {
  look: Look;
  /** Best classes of the image encoder, most probable first; empty where it has none. */
  classes: ImageEncoding["classes"];
  /** Lines read off the package, in reading order. */
  text: readonly string[];
}

export interface DescribeOptions {
  signal?: AbortSignal | undefined;
}

export interface Describer {
  /**
   * `at-once`: puts together what others found out, and keeps nobody waiting. `later`: looks at the picture by itself, for
   * seconds, and may be away: never before a first answer.
   */
  readonly pace: "at-once" | "later";
  /**
   * Names all that its words depend on: model, weights, precision, prompts, schema. Descriptions of another fingerprint
   * are not its own.
   * @throws ShelfmatchError SERVICE_*, TIMEOUT where it must be asked of a service that can't answer
   */
  fingerprint(): Promise<string>;
  /**
   * @returns words that `pictureWordsSchema` takes, some of which may be empty, but not all; the same for the same picture
   * @throws ShelfmatchError SERVICE_*, TIMEOUT, BUSY where too many wait already, CANCELLED when the signal fires,
   *   ENGINE_GONE after `close`; IMAGE_* of the look
   */
  describe(sighting: Sighting, options?: DescribeOptions): Promise<PictureWords>;
  /** Answered by a real inference where there is a model. */
  health(): Promise<EncoderHealth>;
  close(): Promise<void>;
}
