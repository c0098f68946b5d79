import type { MoveEvent, MoveReport } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Catalog } from "../catalog/port.ts";
import type { Collection } from "../index/port.ts";
import type { Journal } from "../journal/port.ts";
import { compareCatalogs } from "./check.ts";
import { copyJournal } from "./copy-journal.ts";
import { copyKept } from "./copy-kept.ts";
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
  /** Deletes from the target what the source does not have; such products refuse the move otherwise. */
  replace?: boolean;
  /** File that remembers how far an interrupted move came. */
  memory: string;
  signal: AbortSignal;
}

/** Passes over a catalogue that goes on changing while it is copied. */
const PASSES = 5;

/**
 * Copies one profile's catalogue with its bin and history, vectors and journal to the other's, and checks the copy. Nothing is taken away from
 * where it was. Stopped half-way it can be run again: what is there already is not written twice.
 *
 * @throws ShelfmatchError INVALID_INPUT where the target has products of its own; DATA_CORRUPT where the copy differs
 */
export async function* move({
  from,
  to,
  target,
  replace = false,
  memory,
  signal,
}: MoveOptions): AsyncGenerator<MoveEvent, void> {
  const started = performance.now();
  const strangers = await strangersIn(to.catalog, from.catalog);
  if (strangers.length > 0) {
    if (!replace) throw refusal(strangers);
    for (const sku of strangers) await to.catalog.delete(sku);
    await to.collection.deleteProducts(strangers);
    await to.catalog.forgetDeleted(strangers);
    yield { kind: "note", text: `${strangers.length} products were deleted there that are not in this catalogue.` };
  }
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
  const kept = yield* copyKept(from.catalog, to.catalog, replace, signal);
  const journal = yield* copyJournal(from.journal, to.journal, { memory, replace, signal });
  const checked = yield* compareCatalogs(from.catalog, to.catalog, signal);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  yield { kind: "report", report: { to: target, ...copied, kept, ...journal, checked, seconds } };
}

/** Products that only the target has. */
async function strangersIn(target: Catalog, source: Catalog): Promise<string[]> {
  const own = new Set(await source.allSkus());
  return (await target.allSkus()).filter((sku) => !own.has(sku));
}

function refusal(strangers: readonly string[]): ShelfmatchError {
  const some = strangers.slice(0, 3).join(", ");
  const message = `The catalogue to move to has ${strangers.length} products that this one lacks (${some}${strangers.length > 3 ? ", ..." : ""}). Have the move delete them there (--replace, or the box in the page's question), or name another database in the settings.`;
  return new ShelfmatchError("INVALID_INPUT", message, { details: { strangers: strangers.length } });
}
