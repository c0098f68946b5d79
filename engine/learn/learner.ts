import sharp from "sharp";
import type { Config } from "../../shared/config.ts";
import type { Region } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import type { Journal } from "../journal/port.ts";
import { hashOf } from "../picture/decode.ts";
import { type Look, lookAt } from "../picture/look.ts";
import type { CatalogEditor, Learner, NamedBytes } from "../services.ts";

interface LearnerOptions {
  journal: Pick<Journal, "run" | "photo">;
  editor: Pick<CatalogEditor, "addPicture">;
  config(): Config;
  log(level: "info", message: string, data: Record<string, unknown>): void;
}

/** Longest side, in pixels, of the part of a photo that is kept: what matching looks at most closely. */
const PART_SIDE = 2560;
const PART_QUALITY = 92;

export function createLearner({ journal, editor, config, log }: LearnerOptions): Learner {
  function lookOf({ name, bytes }: NamedBytes, region: Region | null): Look {
    const { pictureBytes, picturePixels } = config().limits;
    return lookAt(bytes, { name, maxBytes: pictureBytes, maxPixels: picturePixels }, region ?? undefined);
  }

  async function partOf(photo: NamedBytes, region: Region): Promise<NamedBytes> {
    const { rgb, width, height } = await lookOf(photo, region)(PART_SIDE);
    const part = sharp(rgb, { raw: { width, height, channels: 3 } }).jpeg({ quality: PART_QUALITY });
    return { name: `${photo.name} (part)`, bytes: new Uint8Array(await part.toBuffer()) };
  }

  async function keptPhoto(runId: string, name: string): Promise<NamedBytes> {
    try {
      const { bytes } = await journal.photo(runId);
      return { name, bytes };
    } catch (cause) {
      if (!(cause instanceof ShelfmatchError) || cause.code !== "PICTURE_NOT_FOUND") throw cause;
      const message = `The photo of run ${runId} was not kept, or no longer is. Match the photo again, and add it from its answer.`;
      throw new ShelfmatchError("PICTURE_NOT_FOUND", message, { cause });
    }
  }

  return {
    async addPhoto({ runId, sku, picture }) {
      if (config().learn.confirmedPhotos === "never") {
        const message = "The settings say that confirmed photos never become pictures (learn.confirmedPhotos).";
        throw new ShelfmatchError("FORBIDDEN", `${message} Change that, or add the picture to the product by hand.`);
      }
      const { result, region, source } = await journal.run(runId);
      // Of a part that was asked about, the answer names the part.
      const asked = result?.picture?.hash;
      if (asked === undefined) {
        const message = `Run ${runId} was not asked with a picture that could be read: there is none to add.`;
        throw new ShelfmatchError("INVALID_INPUT", message);
      }
      const photo = picture ?? (await keptPhoto(runId, source ?? "photo"));
      if (picture !== undefined && (await lookOf(picture, region)(WORKING_SIDE)).contentHash !== asked) {
        const message = `${picture.name} is not the photo of run ${runId}. Send the one that was matched, or match this one.`;
        throw new ShelfmatchError("INVALID_INPUT", message);
      }
      const added = region === null ? photo : await partOf(photo, region);
      const hash = hashOf(added.bytes);
      const origin = { runId, photo: region === null ? asked : hashOf(photo.bytes), time: new Date().toISOString() };
      const product = await editor.addPicture(sku, added, origin);
      log("info", `${sku}: a confirmed photo became a picture of it`, { sku, hash, runId });
      return { product, hash };
    },
  };
}
