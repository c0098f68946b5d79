import { Binary, type Db, Long } from "mongodb";
import { STATE } from "../../lib/mongo/shape.ts";
import { addToSignature, BLOCK_LINES, bitsOf, blockOf, SIGNATURE_BYTES } from "../analysis/signature.ts";
import { logOf } from "./lines.ts";
import { LINES, LOG_BLOCKS } from "./shape.ts";

/** Which blocks of lines a text may stand in; see `analysis/signature.ts`. A block is noted once, when it is whole. */

interface BlockDocument {
  _id: number;
  bits: Binary;
}

const blocksOf = (db: Db) => db.collection<BlockDocument>(LOG_BLOCKS);

/** Last number that was given to a line, arrived or not. */
export async function lastNumber(db: Db): Promise<number> {
  const found = await db.collection<{ _id: string; last?: number }>(STATE).findOne({ _id: LINES });
  return Number(found?.last ?? 0);
}

/** First id that no block knows of; lines from it on are read. */
export async function firstOpen(db: Db): Promise<number> {
  const newest = await blocksOf(db)
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: -1 })
    .limit(1)
    .next();
  if (newest !== null) return (newest._id + 1) * BLOCK_LINES;
  const oldest = await logOf(db)
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: 1 })
    .limit(1)
    .next();
  return oldest === null ? 0 : blockOf(Number(oldest._id)) * BLOCK_LINES;
}

/**
 * Notes the next block.
 * @param settled last id up to which every line that will ever arrive has arrived
 * @returns whether there was one
 */
export async function noteBlock(db: Db, settled: number): Promise<boolean> {
  const first = await firstOpen(db);
  const last = first + BLOCK_LINES - 1;
  if (last > settled) return false;
  const lines = await logOf(db)
    .find(
      { _id: { $gte: Long.fromNumber(first), $lte: Long.fromNumber(last) } },
      { projection: { message: 1, data: 1 } },
    )
    .toArray();
  const bits = new Uint8Array(SIGNATURE_BYTES);
  for (const { message, data } of lines) {
    addToSignature(bits, String(message));
    if (typeof data === "string") addToSignature(bits, data);
  }
  // Another engine may note the same block: it says the same.
  await blocksOf(db).updateOne({ _id: blockOf(first) }, { $setOnInsert: { bits: new Binary(bits) } }, { upsert: true });
  return true;
}

/**
 * Stretches of ids, from the newest on, in which the text may stand.
 * @param longest blocks that are read as one where they are neighbours
 */
export async function stretchesWith(db: Db, text: string, ids: { first: number; last: number }, longest: number) {
  const bits = bitsOf(text);
  if (bits.length === 0) return [ids];
  const open = Math.max(ids.first, await firstOpen(db));
  const blocks = await blocksOf(db)
    .find(
      { _id: { $gte: blockOf(ids.first), $lte: blockOf(ids.last) }, bits: { $bitsAllSet: bits } },
      { projection: { _id: 1 } },
    )
    .sort({ _id: -1 })
    .toArray();
  const stretches = open <= ids.last ? [{ first: open, last: ids.last }] : [];
  for (const { _id } of blocks) {
    const stretch = {
      first: Math.max(ids.first, _id * BLOCK_LINES),
      last: Math.min(ids.last, (_id + 1) * BLOCK_LINES - 1),
    };
    const before = stretches.at(-1);
    if (
      before !== undefined &&
      before.first === stretch.last + 1 &&
      before.last - stretch.first < longest * BLOCK_LINES
    ) {
      before.first = stretch.first;
    } else stretches.push(stretch);
  }
  return stretches;
}

export async function pruneBlocks(db: Db, through: number): Promise<void> {
  await blocksOf(db).deleteMany({ _id: { $lt: blockOf(through) } });
}
