import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sourceFiles } from "./source-words.ts";

const root = join(import.meta.dirname, "..", "..");
const styles = join(root, "node_modules", "@mantine", "core", "styles");
const taken = readFileSync(join(root, "renderer", "src", "mantine.css"), "utf8");

it("has the style sheet of each of Mantine's components that a page uses", () => {
  const used = sourceFiles(join(root, "renderer", "src")).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)].flatMap(([, names = ""]) =>
      names.split(",").map((name) => name.trim()),
    ),
  );
  expect(used).toContain("Button");
  const missing = [...new Set(used)].filter(
    (name) => existsSync(join(styles, `${name}.css`)) && !taken.includes(`styles/${name}.css"`),
  );
  expect(missing).toEqual([]);
});
