import { join } from "node:path";
import type { Config } from "../shared/config.ts";
import type { Catalog } from "./catalog/port.ts";
import { type Parts, partsOf } from "./config/parts.ts";
import { fingerprint } from "./encode/fingerprint.ts";
import type { ImageEncoder, TextEncoder } from "./encode/port.ts";
import { shippedImageEncoder, shippedTextEncoder } from "./encode/shipped.ts";
import type { Collection, CollectionSpec, VectorIndex } from "./index/port.ts";
import type { Journal } from "./journal/port.ts";
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
  /** Where the models are served by another program. */
  server: ModelServer | null;
}

const WEIGHTS = join(import.meta.dirname, "..", "triton", "weights");

const encodersFolder = ({ dataFolder }: Pick<AdapterContext, "dataFolder">) => join(dataFolder, "encoders");

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

export async function openEncoders({ config, dataFolder, parts, onNotice }: AdapterContext): Promise<Encoders> {
  if (parts.encoder === "triton") {
    const { openTritonEncoders } = await import("./encode/triton/open.ts");
    const folder = encodersFolder({ dataFolder });
    return openTritonEncoders({ settings: config.triton, weights: WEIGHTS, folder, onNotice });
  }
  const [{ createOnnxImageEncoder }, { createOnnxTextEncoder }] = await Promise.all([
    import("./encode/onnx/image-encoder.ts"),
    import("./encode/onnx/text-encoder.ts"),
  ]);
  const image = await createOnnxImageEncoder({ weights: WEIGHTS, workers: config.encoder.workers });
  try {
    return { image, text: await createOnnxTextEncoder({ weights: WEIGHTS }), server: null };
  } catch (error) {
    await image.close();
    throw error;
  }
}

/**
 * The encoders that vectors were made with before: those that the app ships with, or models that this Triton was seen to
 * serve.
 * @returns null where they are not to be had any more
 */
export async function openFormerEncoders(context: AdapterContext, spec: CollectionSpec): Promise<Encoders | null> {
  const [image, text] = await Promise.all([shippedImageEncoder(WEIGHTS), shippedTextEncoder(WEIGHTS)]);
  const shippedText = fingerprint(text) === spec.text.fingerprint;
  if (shippedText && fingerprint(image) === spec.image.fingerprint) {
    return openEncoders({ ...context, parts: { ...context.parts, encoder: "onnx" } });
  }
  if (context.parts.encoder !== "triton") return null;
  const { triton } = context.config;
  const { recallFingerprint } = await import("./encode/triton/remembered.ts");
  const seen = (wanted: string) => recallFingerprint(encodersFolder(context), triton.url.replace(/\/+$/, ""), wanted);
  const imageModel = fingerprint(image) === spec.image.fingerprint ? image.model : await seen(spec.image.fingerprint);
  const textModel = shippedText ? text.model : await seen(spec.text.fingerprint);
  if (imageModel === null || textModel === null) return null;
  return openEncoders({ ...context, config: { ...context.config, triton: { ...triton, imageModel, textModel } } });
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
  const closers: (() => Promise<void>)[] = [];
  const owned = <T extends { close(): Promise<void> }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const journal = owned(await openJournal(whole));
    const catalog = owned(await openCatalog(whole));
    const encoders = await openEncoders(whole);
    owned(encoders.image);
    owned(encoders.text);
    const index = owned(await openIndex(whole));
    const collection: Collection = await index.open(encoders);
    return { catalog, collection, journal, close };
  } catch (error) {
    await close();
    throw error;
  }
}
