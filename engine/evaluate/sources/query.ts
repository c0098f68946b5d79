import type { Region } from "../../../shared/contract/domain.ts";
import type { Severity } from "../transformations.ts";

/** A query whose right product is known. */
export interface Query {
  /** The same of the same query in another run. */
  key: string;
  label: string;
  /** Null where no product is right. */
  product: { sku: string; category: string } | null;
  /** A note that went with the picture. */
  text: string | null;
  /** The part of the picture that was asked about. */
  region: Region | null;
  /** Products that it shows beside the one that is asked for: left out of the search. */
  alsoShown: readonly string[];
  transformation: string | null;
  severity: Severity | null;
  /** The match that it is the photo of. */
  runId: string | null;
  /** The picture's file. @throws ShelfmatchError where it is gone or can't be read */
  bytes(): Promise<Uint8Array>;
}

export interface Queries {
  queries: Query[];
  /** What was left out, and why, in words. */
  notes: string[];
  close(): Promise<void>;
}

export const ofProduct = {
  text: null,
  region: null,
  alsoShown: [],
  transformation: null,
  severity: null,
  runId: null,
} as const;
