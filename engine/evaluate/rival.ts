import type { ViewEncoder } from "../encode/view-encoder.ts";
import type { Answerer } from "../match/answer.ts";

/** What an evaluation searches with: the app's own encoder and vectors, or another's beside them. */

export interface SearchingEncoder {
  /** As an evaluation's setting names it; absent of the app's own. */
  name?: string;
  fingerprint: string;
  answer: Answerer;
  viewEncoder: ViewEncoder;
}

/** An encoder that the app does not search with, and the whole catalogue embedded by it, until it is closed. */
export interface Rival extends SearchingEncoder {
  name: string;
  /** Products that could not be embedded by it. */
  failed: number;
  close(): Promise<void>;
}

interface RivalOptions {
  /** Awaited before each handful of products: matches go first. */
  breathe(): Promise<void>;
  onEmbedded(done: number, total: number): void;
  signal: AbortSignal;
}

/**
 * @param name as the settings name encoders
 * @returns null where the app searches with that one anyway
 * @throws ShelfmatchError FILE_NOT_FOUND or what else the encoder's adapter says of a name; the signal's reason
 */
export type OpenRival = (name: string, options: RivalOptions) => Promise<Rival | null>;
