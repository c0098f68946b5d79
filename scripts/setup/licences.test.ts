import { join } from "node:path";
import { expect, test } from "vitest";
import { licencesOf } from "./licences.mjs";

const ROOT = join(import.meta.dirname, "..", "..");

test("names what is shipped with its licence and text, and nothing that only builds and tests it", () => {
  const bundled = [join(ROOT, "node_modules/@mantine/core/esm/index.mjs"), join(ROOT, "renderer/src/main.tsx")];
  const { shipped, texts } = licencesOf(ROOT, bundled);
  const find = (name: string) => shipped.find((one) => one.name === name);
  expect(shipped[0]).toMatchObject({ name: "Shelfmatch", licence: "Apache-2.0", kind: "app" });
  expect(find("sharp")).toMatchObject({ licence: "Apache-2.0", kind: "package" });
  expect(find("@mantine/core")).toMatchObject({ licence: "MIT" });
  expect(find("@fontsource-variable/inter")).toMatchObject({ licence: "OFL-1.1", kind: "font" });
  expect(find("Sample catalogue and photos to try")).toMatchObject({ kind: "samples" });
  // Built into the desktop's main process, with what it needs.
  for (const bundled of ["electron-updater", "builder-util-runtime", "js-yaml"]) expect(find(bundled)).toBeDefined();
  for (const absent of ["vitest", "@biomejs/biome", "react"]) expect(find(absent)).toBeUndefined();
  expect(shipped.filter(({ licence }) => licence === "").map(({ name }) => name)).toEqual([]);
  for (const { name, text } of shipped) {
    if (text !== null) expect(texts[text]?.length, name).toBeGreaterThan(20);
  }
  expect(texts[find("sharp")?.text ?? -1]).toContain("Apache License");
});
