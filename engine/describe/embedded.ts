import type { PictureWords } from "../../shared/contract/describe.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { describe } from "../encode/describe.ts";
import { rgbOf } from "../encode/view-encoder.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import type { Describer } from "./port.ts";
import { describerFingerprint, tidyWords } from "./words.ts";

/** Grows with every change of what the app makes of classes, colours and lines. */
const VERSION = 1;

/** What the app can say by itself: the class of the image encoder, the picture's colours, the lines read off it. */
export function createEmbeddedDescriber(): Describer {
  let closed = false;
  return {
    pace: "at-once",
    fingerprint: async () => describerFingerprint("app", "composed", VERSION, []),
    async describe({ look, classes, text }, { signal } = {}): Promise<PictureWords> {
      if (closed) throw new ShelfmatchError("ENGINE_GONE", "The describer has been shut down.");
      const picture = await look(WORKING_SIDE);
      if (signal?.aborted)
        throw new ShelfmatchError("CANCELLED", "The request was cancelled.", { cause: signal.reason });
      const seen = describe({ picture: rgbOf(picture), classes, text });
      return tidyWords({
        caption: seen.caption,
        category: seen.classes[0]?.name ?? "",
        colours: seen.colors.map(({ name }) => name),
        material: "",
        brand: "",
        text: seen.text,
      });
    },
    health: async () => ({ state: "ready", detail: "class, colours and text, as the app recognises them" }),
    async close() {
      closed = true;
    },
  };
}
