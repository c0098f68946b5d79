import { ShelfmatchError } from "../../../shared/errors.ts";
import type { PictureTextEncoder, TextEncoder } from "../port.ts";
import type { PictureTower } from "../tower.ts";
import { listModels } from "./control.ts";
import { describeModel } from "./description.ts";
import { recallModels } from "./remembered.ts";
import type { TritonServer } from "./server.ts";
import { createTritonTextEncoder } from "./text-encoder.ts";

interface PictureTextOptions {
  server: TritonServer;
  /** The image encoder that is searched with, where it declares a space. */
  image: { model: string; tower: PictureTower | null };
  /** `triton.pictureTextModel`; null: the loaded model of the same space, where there is one. */
  model: string | null;
  weights: string;
  /** Folder of the engine's data. */
  folder: string;
  /** Folder of models that a person put there: where the tokenizer is. */
  models: string;
  onNotice(message: string): void;
  /** Milliseconds until a sister that was not there, or can't be used, is looked for again. */
  lookAgainMs?: number;
}

const SETTING = "triton.pictureTextModel";
const LOOK_AGAIN_MS = 30_000;

/** `clip-vit-b32-image-int8` has `clip-vit-b32-text-int8` beside it. */
const nameOfSister = (image: string) => image.replace("-image", "-text");

/**
 * The sister of the served image encoder. It is looked for when it is first needed, and again while there is none: a
 * model that is loaded later is used without a new start.
 */
export function createTritonPictureText(options: PictureTextOptions): PictureTextEncoder {
  const { server, image, model, weights, folder, models, onNotice, lookAgainMs = LOOK_AGAIN_MS } = options;
  let opening: Promise<TextEncoder | null> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  /** The name of a loaded model of this space that reads texts, the first by name; else of one that was seen before. */
  async function findSister({ space }: PictureTower): Promise<string | null> {
    const signal = AbortSignal.timeout(server.deadlineMs);
    const seen = (await recallModels(folder, server.address)).find((one) => one.space === space && one.text);
    try {
      const listed = await listModels(server, signal);
      const ready = listed.filter(({ name, state }) => state === "READY" && name !== image.model);
      for (const name of [...new Set(ready.map((one) => one.name))].sort()) {
        const { parameters, inputs } = await describeModel(server, name, signal);
        if (parameters.space === space && inputs.some((input) => input.name === "input_ids")) return name;
      }
      // It may be unloaded for now, or not loaded yet: what it is can't be asked then, but names go in pairs.
      const names = listed.map(({ name }) => name);
      if (seen !== undefined && names.includes(seen.model)) return seen.model;
      return names.find((name) => name !== image.model && name === nameOfSister(image.model)) ?? null;
    } catch {
      // What the server's illness is, the encoders that are surely there say.
      return seen?.model ?? null;
    }
  }

  async function open(): Promise<TextEncoder | null> {
    const { tower } = image;
    if (tower === null) {
      if (model === null) return null;
      const message = `${SETTING} names ${model}, but the picture model ${image.model} declares no space that texts could share. Name another picture model in triton.imageModel, or leave ${SETTING} empty.`;
      throw new ShelfmatchError("SERVICE_MISMATCH", message);
    }
    const name = model ?? (await findSister(tower));
    if (name === null) return null;
    return createTritonTextEncoder({
      ...{ server, model: name, setting: SETTING, weights, folder, models, tower, onNotice },
    });
  }

  async function sister(): Promise<TextEncoder | null> {
    if (closed) throw new ShelfmatchError("ENGINE_GONE", "The encoder has been shut down.");
    const before = opening;
    if (before !== null) {
      const stale = performance.now() - lookedAt > lookAgainMs;
      if (!stale || (await before.catch(() => null)) !== null) return before;
    }
    if (opening === before) {
      lookedAt = performance.now();
      opening = open();
    }
    return opening;
  }

  return {
    encode: async (texts, encodeOptions) => (await (await sister())?.encode(texts, encodeOptions)) ?? null,
    async warmUp() {
      await (await sister())?.warmUp();
    },
    async health() {
      try {
        return (await (await sister())?.health()) ?? null;
      } catch (error) {
        return { state: "down", detail: error instanceof Error ? error.message : String(error) };
      }
    },
    async close() {
      closed = true;
      await (await opening?.catch(() => null))?.close();
    },
  };
}
