import type { Config } from "../shared/config.ts";
import type { EncoderChoice } from "../shared/contract/system.ts";
import { ShelfmatchError } from "../shared/errors.ts";
import { type AdapterContext, modelsFolder, openEncoders, WEIGHTS, withImageModel } from "./adapters.ts";
import type { Catalog } from "./catalog/port.ts";
import { createEncodingCache } from "./encode/cache.ts";
import { fingerprint } from "./encode/fingerprint.ts";
import { listModelFiles } from "./encode/models-folder.ts";
import { INPUT_SIZE, SHIPPED_IMAGE_MODEL, shippedImageEncoder } from "./encode/shipped.ts";
import type { EncoderChooser } from "./services.ts";
import { createSides } from "./sides.ts";

/** The image encoders that can be chosen, and a trial of one: what a person wants to know before choosing it. */

interface EncoderChooserOptions {
  context: AdapterContext;
  /** As it is now: a trial runs with these settings and another model. */
  config(): Config;
  catalog: Catalog;
  /** Fingerprint of the image encoder that is searched with; null while it is not known. */
  searched(): string | null;
}

/** Products that a trial embeds: enough to keep every thread busy, few enough to wait for. */
const TRIED = 16;

export function createEncoderChooser({ context, config, catalog, searched }: EncoderChooserOptions): EncoderChooser {
  const { parts, dataFolder } = context;
  const folder = modelsFolder(dataFolder);
  let trying = false;

  async function inTheApp(): Promise<EncoderChoice[]> {
    const shipped = await shippedImageEncoder(WEIGHTS);
    const { models, unusable } = await listModelFiles(folder);
    const nothing = { dimensions: null, precision: null, side: null, bytes: null, findsByWords: false };
    return [
      {
        ...nothing,
        ...{ name: SHIPPED_IMAGE_MODEL, place: "app", fault: null, side: INPUT_SIZE },
        ...{ dimensions: shipped.dimensions, precision: shipped.precision },
        searched: fingerprint(shipped) === searched(),
      },
      ...models
        .filter(({ side }) => side !== null)
        .map(
          ({ name, dimensions, precision, side, bytes, space, fingerprint: own }): EncoderChoice => ({
            ...{ name, place: "models", fault: null, dimensions, precision, side, bytes },
            findsByWords: space !== undefined && models.some((one) => one.space === space && one.side === null),
            searched: own === searched(),
          }),
        ),
      ...unusable.map(
        ({ name, fault }): EncoderChoice => ({ ...nothing, name, place: "models", fault, searched: false }),
      ),
    ];
  }

  async function onTriton(): Promise<EncoderChoice[]> {
    const { listImageModels } = await import("./encode/triton/image-models.ts");
    return (await listImageModels(config().triton)).map(({ fingerprint: own, ...choice }) => ({
      ...choice,
      ...{ place: "triton" as const, bytes: null, searched: own !== null && own === searched() },
    }));
  }

  async function embedSome(name: string, signal: AbortSignal) {
    const encoders = await openEncoders({
      ...context,
      config: withImageModel(config(), parts, name),
      onNotice: () => {},
    });
    try {
      await encoders.image.warmUp();
      const own = encoders.image.fingerprint;
      const all = await catalog.allSkus();
      // Spread over the catalogue: what was imported together is alike.
      const step = Math.max(1, Math.floor(all.length / TRIED));
      const skus = all.filter((_, place) => place % step === 0).slice(0, TRIED);
      const jobs = await catalog.jobs(skus);
      // A cache of its own: what is known already would seem to take no time.
      const { embed } = createSides({ catalog, cache: createEncodingCache(0) })(encoders);
      const started = performance.now();
      const outcomes = await Promise.allSettled(jobs.map((job) => embed(job, signal)));
      signal.throwIfAborted();
      const failed = outcomes.filter((outcome) => outcome.status === "rejected");
      // A product whose picture is broken says nothing of the encoder; all of them do.
      if (failed.length > 0 && failed.length === jobs.length) throw failed[0]?.reason;
      const seconds = (performance.now() - started) / 1000;
      const estimatedSeconds = jobs.length === 0 ? 0 : (seconds / jobs.length) * all.length;
      return {
        ...{ name, fingerprint: own, searched: own === searched(), tried: jobs.length, products: all.length },
        ...{ seconds: Math.round(seconds * 1000) / 1000, estimatedSeconds: Math.round(estimatedSeconds * 10) / 10 },
      };
    } finally {
      for (const one of [encoders.image, encoders.text, encoders.pictureText]) await one.close();
    }
  }

  return {
    async list() {
      if (parts.encoder === "triton") return { setting: "triton.imageModel", folder, choices: await onTriton() };
      return { setting: "encoder.imageModel", folder, choices: await inTheApp() };
    },
    async try(name, signal = new AbortController().signal) {
      if (trying) throw new ShelfmatchError("BUSY", "Another encoder is being tried. Ask again when that is done.");
      trying = true;
      try {
        return await embedSome(name, signal);
      } finally {
        trying = false;
      }
    },
  };
}
