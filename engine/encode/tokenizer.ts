import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import type { TextRules } from "./declared.ts";
import { hashFiles } from "./fingerprint.ts";

/** What is done with a text before and after the tokenizer; `null`: its own end is the last. */
export type TokenRules = Pick<TextRules, "maxTokens" | "lowerCase" | "endMark">;

/**
 * Cuts a text into word pieces, for a worker thread: a long text takes milliseconds.
 * @param file the model's `tokenizer.json`
 * @param rules a text that is too long is cut off before its end mark, which stays the last
 * @returns ids, one or more
 * @throws Error where the file can't be read, or does not know the end mark
 */
export function createTokenizer(
  file: string,
  { maxTokens, lowerCase, endMark }: TokenRules,
): (text: string) => number[] {
  const definition = JSON.parse(readFileSync(file, "utf8")) as object;
  const tokenizer = new Tokenizer(definition, {});
  const mark = endMark === null ? null : tokenizer.token_to_id(endMark);
  if (mark === undefined) throw new Error(`${file} has no token ${endMark}, which texts must end with`);
  return (text) => {
    // A word piece has one character or more; a text far beyond the limit need not be tokenised whole.
    const beginning = text.slice(0, maxTokens * 64);
    const { ids } = tokenizer.encode(lowerCase ? beginning.toLowerCase() : beginning);
    const end = mark ?? ids.at(-1);
    if (end === undefined) return [];
    // Tokenizers add the mark or leave that to their caller, by their own configuration.
    const whole = ids.at(-1) === end ? ids : [...ids, end];
    return whole.length <= maxTokens ? whole : [...whole.slice(0, maxTokens - 1), end];
  };
}

/** @returns the file called `*tokenizer.json` in these folders that has this SHA-256; null where none has */
export async function findTokenizer(sha256: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((one) => one.endsWith("tokenizer.json")).sort()) {
      const file = join(folder, name);
      if ((await hashFiles(file)) === sha256) return file;
    }
  }
  return null;
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
