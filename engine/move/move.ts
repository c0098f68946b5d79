import type { MoveEvent, MoveReport } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Collection } from "../index/port.ts";
import type { Journal } from "../journal/port.ts";
import { compareCatalogs } from "./check.ts";
import { copyJournal } from "./copy-journal.ts";
import { copyProducts } from "./copy-products.ts";
import { copyVectors } from "./copy-vectors.ts";

/** One side of a move: where a profile keeps things. */
export interface Store {
  catalog: Catalog;
  collection: Collection;
  journal: Journal;
}

export interface MoveOptions {
  from: Store;
  to: Store;
  target: MoveReport["to"];
  /** File that remembers how far an interrupted move came. */
  memory: string;
  signal: AbortSignal;
}

/** Passes over a catalogue that goes on changing while it is copied. */
const PASSES = 5;

/**
 * Copies one profile's catalogue, vectors and journal to the other's, and checks the copy. Nothing is taken away from
 * where it was. Stopped half-way it can be run again: what is there already is not written twice.
 *
 * @throws ShelfmatchError INVALID_INPUT where the target has products of its own; DATA_CORRUPT where the copy differs
 */
export async function* move({ from, to, target, memory, signal }: MoveOptions): AsyncGenerator<MoveEvent, void> {
  const started = performance.now();
  await refuseStrangers(from.catalog, to.catalog);
  const copied = { products: 0, pictures: 0, vectors: 0, toEmbed: 0 };
  for (let pass = 1; ; pass++) {
    const products = yield* copyProducts(from.catalog, to.catalog, signal);
    const vectors = yield* copyVectors(from, to, signal);
    copied.products = products.total;
    copied.pictures = products.pictures;
    copied.vectors += vectors.copied;
    copied.toEmbed = vectors.toEmbed;
    if (products.written === 0) break;
    if (pass === PASSES) {
      const message = "The catalogue went on changing while it was copied. Let imports end, then move again.";
      throw new ShelfmatchError("BUSY", message);
    }
    if (pass > 1) yield { kind: "note", text: `${products.written} products changed meanwhile and were copied again.` };
  }
  if (copied.toEmbed > 0) {
    const text = `${copied.toEmbed} products get new vectors when the ${target} profile starts: other encoders run there, or they were not indexed yet.`;
    yield { kind: "note", text };
  }
  const journal = yield* copyJournal(from.journal, to.journal, memory, signal);
  const checked = yield* compareCatalogs(from.catalog, to.catalog, signal);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  yield { kind: "report", report: { to: target, ...copied, ...journal, checked, seconds } };
}

async function refuseStrangers(from: Catalog, to: Catalog): Promise<void> {
  const own = new Set(await from.allSkus());
  const strangers = (await to.allSkus()).filter((sku) => !own.has(sku));
  if (strangers.length === 0) return;
  const some = strangers.slice(0, 3).join(", ");
  const message = `The catalogue to move to has ${strangers.length} products that this one lacks (${some}${strangers.length > 3 ? ", ..." : ""}). Delete them there, or name another database in the settings.`;
  throw new ShelfmatchError("INVALID_INPUT", message, { details: { strangers: strangers.length } });
}
