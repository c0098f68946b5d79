import type { RemoteHealth } from "../lib/remote/remote-service.ts";

/** Ports of the encoders. Adapters: `onnx/` (in this process' worker threads); Triton joins behind the same two. */

export interface EncodeOptions {
  signal?: AbortSignal;
  /** `interactive` goes before `bulk` in the queue: a person waits for the one, an import for the other. */
  priority?: "interactive" | "bulk";
}

export interface ImageEncoding {
  /** float32 [dimensions], L2-normalised. */
  embedding: Float32Array;
  /** Best classes of the encoder's classifier, most probable first; empty where it has none. */
  classes: readonly { name: string; probability: number }[];
}

export interface EncoderHealth {
  state: "ready" | "degraded" | "down";
  detail: string;
  /** Where a service of the stack stands behind it. */
  remote?: RemoteHealth;
}

/**
 * Encodes texts into the space of an image encoder's vectors: words then find pictures. There may be none, now or ever.
 */
export interface PictureTextEncoder {
  /**
   * @returns float32 [dimensions of the image encoder] a text, L2-normalised, in order; null where there is none
   * @throws ShelfmatchError SERVICE_* where there is one that can't be used, BUSY, CANCELLED
   */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Float32Array[] | null>;
  warmUp(): Promise<void>;
  /** Null where there is none. */
  health(): Promise<EncoderHealth | null>;
  close(): Promise<void>;
}

interface EncoderSide {
  /** Names model, weights, precision, preprocessing and dimensions; vectors of different fingerprints are never compared. */
  readonly fingerprint: string;
  readonly dimensions: number;
  /** Loads and runs one real inference. */
  warmUp(): Promise<void>;
  /** Answered by a real inference, never by a flag. */
  health(): Promise<EncoderHealth>;
  close(): Promise<void>;
}

export interface ImageEncoder extends EncoderSide {
  /** Side of the square input, in pixels. */
  readonly inputSize: number;
  /** Names what its vectors share with those of texts, where they do: `clip-vit-b32`. */
  readonly space: string | null;
  /**
   * @param views each uint8 RGB, [inputSize, inputSize, 3], as `engine/encode/views.ts` cuts them
   * @returns one encoding a view, in order
   * @throws ShelfmatchError BUSY when the queue is full, CANCELLED when the signal fires
   */
  encode(views: readonly Uint8Array[], options?: EncodeOptions): Promise<ImageEncoding[]>;
}

export interface TextEncoder extends EncoderSide {
  /**
   * @returns float32 [dimensions] a text, L2-normalised, in order
   * @throws ShelfmatchError BUSY, CANCELLED
   */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Float32Array[]>;
}
