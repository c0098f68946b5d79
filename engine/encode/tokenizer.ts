import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";

/**
 * Cuts a text into word pieces, for a worker thread: a long text takes milliseconds.
 * @param file the model's `tokenizer.json`
 * @param maxTokens word pieces kept of a text, the two marks around it among them; the rest is left out
 * @returns ids, two or more
 * @throws Error where the file can't be read
 */
export function createTokenizer(file: string, maxTokens: number): (text: string) => number[] {
  const definition = JSON.parse(readFileSync(file, "utf8")) as object;
  const tokenizer = new Tokenizer(definition, {});
  return (text) => {
    // A word piece has one character or more; a text far beyond the limit need not be tokenised whole.
    const { ids } = tokenizer.encode(text.slice(0, maxTokens * 64));
    const separator = ids.at(-1);
    return ids.length <= maxTokens || separator === undefined ? ids : [...ids.slice(0, maxTokens - 1), separator];
  };
}

/** Token ids and mask, int64 [texts, longest], zeros behind the shorter texts. */
export interface PaddedTokens {
  ids: BigInt64Array;
  mask: BigInt64Array;
  shape: [texts: number, length: number];
}

export function padTokens(tokens: readonly (readonly number[])[]): PaddedTokens {
  const length = Math.max(...tokens.map((ids) => ids.length));
  const ids = new BigInt64Array(tokens.length * length);
  const mask = new BigInt64Array(tokens.length * length);
  for (const [n, row] of tokens.entries()) {
    for (const [i, id] of row.entries()) {
      ids[n * length + i] = BigInt(id);
      mask[n * length + i] = 1n;
    }
  }
  return { ids, mask, shape: [tokens.length, length] };
}
