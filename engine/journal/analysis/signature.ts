/**
 * Finding text among a million lines without an index of words: lines are taken together in blocks, and of each block a
 * Bloom filter (Bloom 1970) of the three-letter pieces of its lines is kept. A text can only stand in blocks whose filter
 * has all of its pieces; those are then read. It takes 16 bytes a line, serves parts of words, and is the same on every
 * store. The comparison with SQLite's trigram index is in docs/decisions/0032.
 */

/** Lines of a block: ids with the same `blockOf`. */
export const BLOCK_LINES = 512;
const BITS = 65_536;
export const SIGNATURE_BYTES = BITS / 8;

export const blockOf = (id: number): number => Math.floor(id / BLOCK_LINES);

/** Longest part of a line that is known to the filter; a longer one makes every text possible in its block. */
const LONGEST = 20_000;

/** Bit of the letters from `at` on, two or three of them. The multipliers are Knuth's; the upper bits are the mixed ones. */
const pairBit = (text: string, at: number) =>
  Math.imul((text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) | 0, 0x85ebca6b) >>> 16;
const tripleBit = (text: string, at: number) =>
  Math.imul((text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) | 0, 0x9e3779b1) >>>
  16;

function set(signature: Uint8Array, bit: number): void {
  signature[bit >>> 3] = (signature[bit >>> 3] ?? 0) | (1 << (bit & 7));
}

/** Notes a line's text in its block's signature. */
export function addToSignature(signature: Uint8Array, text: string): void {
  if (text.length > LONGEST) {
    signature.fill(0xff);
    return;
  }
  const lower = text.toLowerCase();
  for (let at = 0; at + 1 < lower.length; at++) {
    set(signature, pairBit(lower, at));
    if (at + 2 < lower.length) set(signature, tripleBit(lower, at));
  }
}

/**
 * Bits that a block's signature must have for the text to stand in it; none of a single letter, which may stand anywhere.
 */
export function bitsOf(text: string): number[] {
  const lower = text.toLowerCase();
  if (lower.length === 2) return [pairBit(lower, 0)];
  const triples = Array.from({ length: Math.max(0, lower.length - 2) }, (_, at) => tripleBit(lower, at));
  return [...new Set(triples)].slice(0, 50);
}

export function hasBits(signature: Uint8Array, bits: readonly number[]): boolean {
  return bits.every((bit) => ((signature[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0);
}
