import { randomFillSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { createBatcher } from "../batcher.ts";
import { fingerprint } from "../fingerprint.ts";
import type { ImageEncoder, ImageEncoding } from "../port.ts";
import { INPUT_SIZE, imageClasses, SHIPPED_IMAGE_MODEL, shippedImageEncoder } from "../shipped.ts";
import type { InferReply, Tensor } from "./codec.ts";
import { createHealer } from "./healer.ts";
import { createTritonHealth } from "./health.ts";
import { type KnownModel, learnModel } from "./known-model.ts";
import { embeddingRows } from "./outputs.ts";
import { createServedModel } from "./served-model.ts";
import type { TritonServer } from "./server.ts";

interface TritonImageEncoderOptions {
  server: TritonServer;
  /** `triton.imageModel` */
  model: string;
  /** Folder with `efficientnet-lite0.onnx` and `imagenet-classes.json`. */
  weights: string;
  /** Folder of the engine's data: what a model other than the shipped one is, is kept there. */
  folder: string;
  /** Views that may wait a priority before BUSY. */
  capacity?: number;
  /** Told, in a sentence, of what had to be mended. */
  onNotice?(message: string): void;
}

/** Classes that the shipped model gives a view. */
const CLASSES = 5;

/**
 * An image encoder on Triton that takes uint8 views. The server need not be there yet, unless the model is not the
 * shipped one and was never seen.
 * @throws ShelfmatchError SERVICE_*, DATA_CORRUPT for such a model; Error where the weights can't be read
 */
export async function createTritonImageEncoder(options: TritonImageEncoderOptions): Promise<ImageEncoder> {
  const { server, model, weights, folder, capacity = 1024, onNotice = () => {} } = options;
  const names: string[] = JSON.parse(await readFile(imageClasses(weights), "utf8"));
  const healer = createHealer(server, model, onNotice);
  const known =
    model === SHIPPED_IMAGE_MODEL
      ? await shipped(weights)
      : await learnModel({ server, model, healer, folder, onNotice });
  const { dimensions, inputSize } = known;
  if (inputSize === undefined) {
    const message = `Triton's model ${model} at ${server.address} takes no \`views\`, the pictures that this app cuts. Name another model in triton.imageModel.`;
    throw new ShelfmatchError("SERVICE_MISMATCH", message);
  }

  const served = createServedModel({
    server,
    name: model,
    setting: "triton.imageModel",
    identity: known,
    healer,
    expected: {
      inputs: [{ name: "views", datatype: "UINT8", shape: [inputSize, inputSize, 3] }],
      outputs: [
        { name: "embedding", datatype: "FP32", shape: [dimensions] },
        { name: "class_index", datatype: "INT32", shape: [CLASSES], optional: true },
        { name: "class_probability", datatype: "FP32", shape: [CLASSES], optional: true },
      ],
      parameters: {},
    },
  });

  const tensorsOf = (views: readonly Uint8Array[]): Tensor[] => [
    { name: "views", datatype: "UINT8", shape: [views.length, inputSize, inputSize, 3], data: views },
  ];
  const encodingsOf = (outputs: InferReply["outputs"]): ImageEncoding[] => {
    const indexes = outputs.get("class_index")?.data as Int32Array | undefined;
    const probabilities = outputs.get("class_probability")?.data as Float32Array | undefined;
    return embeddingRows(outputs, dimensions).map((embedding, row) => ({
      embedding,
      classes: Array.from(indexes?.subarray(row * CLASSES, (row + 1) * CLASSES) ?? [], (index, n) => ({
        name: names[index] ?? "",
        probability: probabilities?.[row * CLASSES + n] ?? 0,
      })),
    }));
  };

  const batcher = createBatcher<Uint8Array, ImageEncoding>({
    // The other half of the connections is the text encoder's.
    concurrency: Math.max(1, server.connections >> 1),
    maxBatch: () => served.maxBatchSize,
    sharing: "fill",
    capacity,
    run: (views, { signal, priority }) =>
      served.infer(tensorsOf(views), encodingsOf, { priority: priority === "interactive" ? 1 : 2, signal }),
  });

  /** A view that was never sent before: the server's cache would answer for a model that is dead. */
  const unseen = () => {
    const view = new Uint8Array(3 * inputSize * inputSize).fill(127);
    randomFillSync(view, 0, 64);
    return view;
  };
  const health = createTritonHealth(served, model, async () => served.probe(tensorsOf([unseen()]), encodingsOf));
  return {
    fingerprint: known.fingerprint,
    dimensions,
    inputSize,
    space: known.space ?? null,
    async encode(views, encodeOptions) {
      const wrong = views.find((view) => view.length !== 3 * inputSize * inputSize);
      if (wrong !== undefined) throw new Error(`a view of ${wrong.length} bytes, not ${3 * inputSize * inputSize}`);
      return batcher.submit(views, encodeOptions);
    },
    async warmUp() {
      await batcher.submit([unseen()]);
    },
    health: health.now,
    async close() {
      health.close();
      await batcher.close();
    },
  };
}

async function shipped(weights: string): Promise<KnownModel> {
  const identity = await shippedImageEncoder(weights);
  return { fingerprint: fingerprint(identity), dimensions: identity.dimensions, inputSize: INPUT_SIZE };
}
