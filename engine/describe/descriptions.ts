import type { PictureDescription, PictureWords } from "../../shared/contract/describe.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Journal } from "../journal/port.ts";
import type { KeptDescriptions } from "./kept.ts";
import type { DescribeOptions, Describer, Sighting } from "./port.ts";
import { saysNothing, tidyWords } from "./words.ts";

/** What is said of pictures: by the describer, out of what is kept of it, or by a person in its place. */
export interface Descriptions {
  /** Whether it takes its time: a stage of its own then. */
  readonly pace: Describer["pace"];
  /** What a person said of the picture; null where nobody did. */
  corrected(picture: string): PictureDescription | null;
  /**
   * @param picture content hash, of a region its own
   * @throws ShelfmatchError as `Describer.describe`
   */
  describe(picture: string, sighting: Sighting, options?: DescribeOptions): Promise<PictureDescription>;
  /**
   * Puts a person's words in the place of the describer's, and journals both.
   * @param words null takes the correction back
   * @throws ShelfmatchError INVALID_INPUT where nothing is said
   */
  correct(picture: string, words: PictureWords | null, runId: string | null): void;
}

interface DescriptionsOptions {
  describer: Describer;
  kept: KeptDescriptions;
  journal: Pick<Journal, "log">;
}

const BY_USER = { by: "user", fingerprint: "user" } as const;

export function createDescriptions({ describer, kept, journal }: DescriptionsOptions): Descriptions {
  const by = describer.pace === "later" ? ("model" as const) : ("app" as const);

  return {
    pace: describer.pace,
    corrected(picture) {
      const words = kept.corrected(picture);
      return words === null ? null : { ...BY_USER, words };
    },
    async describe(picture, sighting, options) {
      const fingerprint = await describer.fingerprint();
      // What takes no time is not kept: it also depends on what was read.
      if (describer.pace === "at-once") {
        return { words: await describer.describe(sighting, options), by, fingerprint };
      }
      const known = kept.made(picture, fingerprint);
      if (known !== null) return { words: known, by, fingerprint };
      const words = await describer.describe(sighting, options);
      kept.keep(picture, fingerprint, words);
      return { words, by, fingerprint };
    },
    correct(picture, words, runId) {
      const tidy = words === null ? null : tidyWords(words);
      if (tidy !== null && saysNothing(tidy)) {
        const message = "There are no words to keep: say something of the picture, or take the correction back.";
        throw new ShelfmatchError("INVALID_INPUT", message);
      }
      const before = kept.corrected(picture);
      kept.correct(picture, tidy);
      journal.log({
        ...{ time: Date.now(), level: "info", component: "describe", runId },
        message: tidy === null ? "A description's correction was taken back" : "A description was corrected",
        data: { picture, before, after: tidy },
      });
    },
  };
}
