import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { composeText, DOCKER } from "./testing/project.ts";

const sorted = (pairs: Iterable<readonly [string, string]>) => [...pairs].sort(([a], [b]) => a.localeCompare(b));
const matches = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name = "", value = ""]) => [name, value] as const);

/** `${NAME:-default}`; whatever else Compose would interpolate has no default, and no place here. */
const inCompose = matches(composeText(), /(?<!\$)\$\{(\w+):-([^}]*)\}/g);

test("each variable of compose.yaml has one default, wherever it stands", () => {
  expect(inCompose.length).toBeGreaterThan(20);
  expect(sorted(new Map(inCompose))).toEqual(sorted(new Map(inCompose.toReversed())));
  const all = composeText().match(/(?<!\$)\$(?:\{|\w)/g);
  expect(all).toHaveLength(inCompose.length);
});

test("README.md's table has every variable, and nothing else", () => {
  const readme = readFileSync(join(DOCKER, "README.md"), "utf8");
  const table = matches(readme, /^\| `(STACK_\w+)` \| (?:`(.*?)`)? *\| \S.*\|$/gm);
  expect(sorted(table)).toEqual(sorted(new Map(inCompose)));
});

test(".env.example has them too, with the same values", () => {
  const example = readFileSync(join(DOCKER, ".env.example"), "utf8");
  const lines = matches(example, /^(\w+)=(.*)$/gm);
  expect(sorted(lines)).toEqual(sorted(new Map(inCompose)));
});

test("our images are named by the product's version", () => {
  const { version } = JSON.parse(readFileSync(join(DOCKER, "..", "package.json"), "utf8"));
  expect(new Map(inCompose).get("STACK_WEB_IMAGE")).toBe(`shelfmatch-web:${version}`);
  expect(new Map(inCompose).get("STACK_TRITON_IMAGE")).toBe(`shelfmatch-triton:${version}`);
});
