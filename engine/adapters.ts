import { join } from "node:path";
import type { Config } from "../shared/config.ts";
import { ShelfmatchError } from "../shared/errors.ts";
import type { Catalog } from "./catalog/port.ts";
import { type Parts, partsOf } from "./config/parts.ts";
import type { Describer } from "./describe/port.ts";
import { fingerprint } from "./encode/fingerprint.ts";
import { assertWhole, findModelFile, listModelFiles } from "./encode/models-folder.ts";
import type { ImageEncoder, PictureTextEncoder, TextEncoder } from "./encode/port.ts";
import { SHIPPED_IMAGE_MODEL, shippedImageEncoder, shippedTextEncoder } from "./encode/shipped.ts";
import type { Collection, CollectionSpec, VectorIndex } from "./index/port.ts";
import type { Journal } from "./journal/port.ts";
import { closePart } from "./lib/close-part.ts";
import type { ModelServer } from "./stack/control.ts";

/**
 * Which adapter stands behind each port. Every adapter is loaded when it is chosen: an embedded engine does without the
 * clients of the stack, and the other way round.
 */

export interface AdapterContext {
  config: Config;
  /** Where the embedded adapters keep their files, and the others what they remember while a service is away. */
  dataFolder: string;
  parts: Parts;
  onNotice(message: string): void;
}

export interface Encoders {
  image: ImageEncoder;
  text: TextEncoder;
  /** Has words find pictures, where there is a text encoder of the image encoder's space. */
  pictureText: PictureTextEncoder;
  /** Where the models are served by another program. */
  server: ModelServer | null;
}

/** The same settings with another image encoder, named as the list of encoders does. */
export const withImageModel = (config: Config, parts: Parts, name: string): Config =>
  parts.encoder === "triton"
    ? { ...config, triton: { ...config.triton, imageModel: name } }
    : { ...config, encoder: { ...config.encoder, imageModel: name } };

/** The models that the app ships with. */
export const WEIGHTS = join(import.meta.dirname, "..", "triton", "weights");

const encodersFolder = ({ dataFolder }: Pick<AdapterContext, "dataFolder">) => join(dataFolder, "encoders");

/** Where a person puts models that the app does not ship with, and their tokenizers. */
export const modelsFolder = (dataFolder: string) => join(dataFolder, "models");

export async function openJournal({ config, dataFolder, parts, onNotice }: AdapterContext): Promise<Journal> {
  const settings = config.journal;
  if (parts.journal === "mongo") {
    const { openMongoJournal } = await import("./journal/mongo/journal.ts");
    return openMongoJournal({ mongo: config.mongo, folder: join(dataFolder, "journal"), settings, onNotice });
  }
  const { openSqliteJournal } = await import("./journal/sqlite/journal.ts");
  return openSqliteJournal({ folder: join(dataFolder, "journal"), settings, onNotice });
}

export async function openCatalog({ config, dataFolder, parts, onNotice }: AdapterContext): Promise<Catalog> {
  if (parts.catalog === "mongo") {
    const { openMongoCatalog } = await import("./catalog/mongo/mongo.ts");
    return openMongoCatalog({ settings: config.mongo, onNotice });
  }
  const { openSqliteCatalog } = await import("./catalog/sqlite/sqlite.ts");
  return openSqliteCatalog({ folder: join(dataFolder, "catalog"), onNotice });
}

/** @returns the describer, and where it is a served model, the control of that server's models */
export async function openDescriber({
  config,
  parts,
  onNotice,
}: AdapterContext): Promise<{ describer: Describer; server: ModelServer | null }> {
  if (parts.describer === "triton") {
    const { createTritonDescriber } = await import("./encode/triton/describer.ts");
    const describer = createTritonDescriber({ triton: config.triton, settings: config.describer, onNotice });
    return { describer, server: describer.control };
  }
  const { createEmbeddedDescriber } = await import("./describe/embedded.ts");
  return { describer: createEmbeddedDescriber(), server: null };
}

export async function openEncoders({ config, dataFolder, parts, onNotice }: AdapterContext): Promise<Encoders> {
  if (parts.encoder === "triton") {
    const { openTritonEncoders } = await import("./encode/triton/open.ts");
    const folders = { weights: WEIGHTS, folder: encodersFolder({ dataFolder }), models: modelsFolder(dataFolder) };
    return openTritonEncoders({ settings: config.triton, ...folders, onNotice });
  }
  return openOnnxEncoders({ config, dataFolder });
}

async function openOnnxEncoders({
  config,
  dataFolder,
}: Pick<AdapterContext, "config" | "dataFolder">): Promise<Encoders> {
  const [images, texts, pictureTexts] = await Promise.all([
    import("./encode/onnx/image-encoder.ts"),
    import("./encode/onnx/text-encoder.ts"),
    import("./encode/onnx/picture-text.ts"),
  ]);
  const { imageModel, workers } = config.encoder;
  const models = modelsFolder(dataFolder);
  // Closes what was opened, should a later one fail.
  await using opened = new AsyncDisposableStack();
  const options = { weights: WEIGHTS, workers };
  const image = opened.adopt(
    imageModel === SHIPPED_IMAGE_MODEL
      ? await images.createOnnxImageEncoder(options)
      : await images.createExportedImageEncoder(await findModelFile(models, imageModel), options),
    closePart,
  );
  const text = opened.adopt(await texts.createOnnxTextEncoder({ weights: WEIGHTS }), closePart);
  const pictureText = await pictureTexts.createOnnxPictureText({ image, weights: WEIGHTS, models });
  opened.move();
  return { image, text, pictureText, server: null };
}

/**
 * The encoders that vectors were made with before: those that the app ships with, those in the folder of models, or
 * models that this Triton was seen to serve.
 * @returns null where they are not to be had any more
 */
export async function openFormerEncoders(context: AdapterContext, spec: CollectionSpec): Promise<Encoders | null> {
  const { config, dataFolder } = context;
  const [image, text] = await Promise.all([shippedImageEncoder(WEIGHTS), shippedTextEncoder(WEIGHTS)]);
  const shippedText = fingerprint(text) === spec.text.fingerprint;
  const local =
    fingerprint(image) === spec.image.fingerprint
      ? SHIPPED_IMAGE_MODEL
      : await nameOfModelFile(modelsFolder(dataFolder), spec.image.fingerprint);
  if (shippedText && local !== null) {
    return openOnnxEncoders({ dataFolder, config: { ...config, encoder: { ...config.encoder, imageModel: local } } });
  }
  if (context.parts.encoder !== "triton") return null;
  const { recallModels } = await import("./encode/triton/remembered.ts");
  const remembered = await recallModels(encodersFolder(context), config.triton.url.replace(/\/+$/, ""));
  const seen = (wanted: string) => remembered.find((one) => one.fingerprint === wanted)?.model ?? null;
  const imageModel = local === SHIPPED_IMAGE_MODEL ? local : seen(spec.image.fingerprint);
  const textModel = shippedText ? text.model : seen(spec.text.fingerprint);
  if (imageModel === null || textModel === null) return null;
  // The sister that the settings name is that of the other image encoder.
  const triton = { ...config.triton, imageModel, textModel, pictureTextModel: null };
  return openEncoders({ ...context, config: { ...config, triton } });
}

/** @returns the whole model in the folder that has the fingerprint; null where none has */
async function nameOfModelFile(folder: string, wanted: string): Promise<string | null> {
  const { models } = await listModelFiles(folder);
  const found = models.find((one) => one.fingerprint === wanted && one.side !== null);
  if (found === undefined) return null;
  try {
    await assertWhole(found);
    return found.name;
  } catch (error) {
    if (error instanceof ShelfmatchError) return null;
    throw error;
  }
}

export async function openIndex({ config, dataFolder, parts, onNotice }: AdapterContext): Promise<VectorIndex> {
  if (parts.index === "chroma") {
    const { openChromaIndex } = await import("./index/chroma/chroma.ts");
    return openChromaIndex({ settings: config.chroma, onNotice });
  }
  if (parts.index === "qdrant") {
    const { openQdrantIndex } = await import("./index/qdrant/qdrant.ts");
    return openQdrantIndex({ settings: config.qdrant, onNotice });
  }
  const { openEmbeddedIndex } = await import("./index/embedded/embedded.ts");
  return openEmbeddedIndex({ folder: join(dataFolder, "index"), onNotice });
}

/** A profile's catalogue, vectors and journal, opened beside the ones in use. */
export async function openStore(context: Omit<AdapterContext, "parts">, profile: Config["parts"]["profile"]) {
  const all: Config["parts"] = { ...context.config.parts, profile };
  const whole = { ...context, parts: partsOf(all) };
  await using opened = new AsyncDisposableStack();
  const journal = opened.adopt(await openJournal(whole), closePart);
  const catalog = opened.adopt(await openCatalog(whole), closePart);
  const encoders = await openEncoders(whole);
  for (const one of [encoders.image, encoders.text, encoders.pictureText]) opened.adopt(one, closePart);
  const index = opened.adopt(await openIndex(whole), closePart);
  const collection: Collection = await index.open(encoders);
  const kept = opened.move();
  return { catalog, collection, journal, close: () => kept.disposeAsync() };
}
