import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WEIGHTS } from "./contract.ts";
import { hashFiles } from "./fingerprint.ts";
import { textTokenizer } from "./shipped.ts";
import { createTokenizer, findTokenizer } from "./tokenizer.ts";

const file = textTokenizer(WEIGHTS);
const rules = { maxTokens: 8, lowerCase: false, endMark: null };
const [START, END, FULL_STOP] = [101, 102, 1012];

test("a text that is too long is cut before its end mark, declared or not", () => {
  const short = createTokenizer(file, rules)("red boots");
  expect([short[0], short.at(-1), short.length]).toEqual([START, END, 4]);
  for (const endMark of [null, "[SEP]"]) {
    const long = createTokenizer(file, { ...rules, endMark })("red boots ".repeat(50));
    expect([long.length, long.at(-1)]).toEqual([8, END]);
  }
});

test("a declared end mark is put behind what the tokenizer ends otherwise", () => {
  expect(createTokenizer(file, { ...rules, endMark: "." })("red boots").slice(-2)).toEqual([END, FULL_STOP]);
  expect(() => createTokenizer(file, { ...rules, endMark: "<|endoftext|>" })).toThrow(/has no token <\|endoftext\|>/);
});

test("tokenizers are found by what is in them, whatever they are called", async () => {
  const empty = await mkdtemp(join(tmpdir(), "shelfmatch-tokenizers-"));
  const missing = join(empty, "missing");
  expect(await findTokenizer(await hashFiles(file), [missing, empty, WEIGHTS])).toBe(file);
  expect(await findTokenizer("0".repeat(64), [empty, WEIGHTS])).toBeNull();
  await rm(empty, { recursive: true });
});
