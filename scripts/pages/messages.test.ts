import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { parse, type Token } from "@messageformat/parser";
import { expect, it } from "vitest";
import { en } from "../../renderer/src/lib/i18n/en.ts";
import { type Folder, GERMAN } from "../../renderer/src/lib/i18n/messages.ts";
import { settingWords } from "../../renderer/src/settings/fields.ts";
import { readWords, sourceFiles } from "./source-words.ts";

const pages = join(import.meta.dirname, "..", "..", "renderer", "src");
const folderOf = (file: string) => relative(pages, file).split(sep)[0] ?? "";
const folders = Object.keys(GERMAN) as Folder[];
const german = new Map(
  await Promise.all(
    folders.map(async (folder) => [folder, (await GERMAN[folder]()).de as Record<string, string>] as const),
  ),
);
const read = sourceFiles(pages).map((file) => ({ file, folder: folderOf(file), ...readWords(file) }));

/** Style sheets' words, the engine's, formats' and columns' names, and lines of the example program. */
const CODE =
  /^JSON Lines$|^sku, name, |^EUR$|sans-serif|monospace|gradient\(|color-mix\(|^, words to pictures$|^-H |await |^const form|^body: |console\.log|^if \(!response/;

/** Values that a message wants, with those of its plurals and of its elements (`<0>`). */
function wants(tokens: Token[]): string[] {
  return tokens.flatMap((token) => {
    if (token.type === "argument" || token.type === "function") return [token.arg];
    if (token.type === "content") return token.value.match(/<\/?\d+\/?>/g) ?? [];
    if ("cases" in token) return [token.arg, ...token.cases.flatMap((one) => wants(one.tokens))];
    return [];
  });
}

const namesIn = (message: string) => [...new Set(wants(parse(message)))].sort();
const valuesIn = (message: string) => namesIn(message).filter((name) => !name.startsWith("<"));

it("knows every folder of the pages", () => {
  const there = readdirSync(pages, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(there.map(({ name }) => name).sort()).toEqual([...folders].sort());
});

it("has each message in the folder that asks for it, or where all see it", () => {
  const everywhere = { ...german.get("app"), ...german.get("lib") };
  const astray = read.flatMap(({ folder, asked }) =>
    asked.filter(({ message }) => !(message in everywhere) && !(message in (german.get(folder as Folder) ?? {}))),
  );
  expect(astray).toEqual([]);
});

it("keeps no message that nothing asks for", () => {
  const asked = new Set([...settingWords(), ...read.flatMap((one) => one.asked.map(({ message }) => message))]);
  const left = folders.flatMap((folder) =>
    Object.keys(german.get(folder) ?? {})
      .filter((message) => !asked.has(message))
      .map((message) => `${folder}: ${message}`),
  );
  expect(left).toEqual([]);
});

it("says every setting, what it means and what it can be", () => {
  const words = { ...german.get("app"), ...german.get("lib"), ...german.get("settings") };
  const names = /^(Triton|Qdrant|Chroma|MongoDB)$/;
  expect(settingWords().filter((text) => !(text in words) && !names.test(text))).toEqual([]);
});

it("says the same things in every language", () => {
  for (const words of german.values()) {
    for (const [message, translated] of Object.entries(words)) {
      expect([message, namesIn(translated)]).toEqual([message, namesIn(message)]);
      expect(translated.trim()).not.toBe("");
    }
  }
  const keys = [...german.values()].flatMap((words) => Object.keys(words));
  expect(keys).toEqual(expect.arrayContaining(Object.keys(en)));
});

it("says a message alike wherever it stands", () => {
  const first = new Map<string, string>();
  for (const words of german.values()) {
    for (const [message, translated] of Object.entries(words)) {
      expect([message, first.get(message) ?? translated]).toEqual([message, translated]);
      first.set(message, translated);
    }
  }
});

it("gives each message the values that it wants", () => {
  const short = read.flatMap(({ asked }) =>
    asked.filter(({ message, values }) => values !== null && valuesIn(message).some((name) => !values.includes(name))),
  );
  expect(short).toEqual([]);
});

it("says nothing that can't be translated", () => {
  const strays = read.flatMap((one) => one.strays).filter(({ text }) => !CODE.test(text));
  expect(strays).toEqual([]);
});
