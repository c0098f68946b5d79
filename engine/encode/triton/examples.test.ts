import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NO_TRITON, openTriton } from "./testing/fixture.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const ADDRESS = "http://127.0.0.1:8000";

const blocks = [...readFileSync(join(ROOT, "triton", "README.md"), "utf8").matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ([, language = "", code = ""]) => ({ language, code }),
);
const NO_CURL = spawnSync("curl", ["--version"]).status === 0 ? "" : ": curl is missing (Debian: apt install curl)";
const NOT_HERE = NO_TRITON || NO_CURL;

/** The examples of triton/README.md, as they stand there, but for the server's address. */
describe.skipIf(NOT_HERE !== "")(`examples of triton/README.md${NOT_HERE}`, () => {
  let triton: Awaited<ReturnType<typeof openTriton>>;
  let folder: string;
  beforeAll(async () => {
    triton = await openTriton();
    // What the examples read lies here as in the project; what they write stays here.
    folder = mkdtempSync(join(tmpdir(), "shelfmatch-examples-"));
    for (const name of ["seed", "node_modules"]) symlinkSync(join(ROOT, name), join(folder, name));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  }, 180_000);
  afterAll(async () => {
    await triton.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(command: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
    if (status !== 0) throw new Error(`${command} ended with ${status}: ${stdout}${stderr}`);
    return stdout;
  }
  function example(language: string, word: string): string {
    const found = blocks.filter((block) => block.language === language && block.code.includes(word));
    if (found.length !== 1) throw new Error(`${found.length} examples in ${language} with ${word}`);
    const code = found[0]?.code ?? "";
    expect(code).toContain(ADDRESS);
    return code.replaceAll(ADDRESS, triton.url);
  }

  test("a picture file, by curl", () => {
    const reply = JSON.parse(run("bash", ["-euc", example("sh", "picture")])) as {
      outputs: { name: string; shape: number[]; parameters: { binary_data_size: number } }[];
    };
    const embedding = reply.outputs.find(({ name }) => name === "embedding");
    expect(embedding).toMatchObject({ shape: [1, 1280], parameters: { binary_data_size: 5120 } });
    const rest = reply.outputs.reduce((sum, { parameters }) => sum + parameters.binary_data_size, 0);
    expect(readFileSync(join(folder, "reply.bin")).length).toBeGreaterThan(rest);
  });

  test("texts, by curl", () => {
    const reply = JSON.parse(run("bash", ["-euc", example("sh", "-text")])) as {
      outputs: { shape: number[]; data: number[] }[];
    };
    const [{ shape, data } = { shape: [], data: [] }] = reply.outputs;
    expect(shape).toEqual([2, 384]);
    expect(Math.hypot(...data.slice(0, 384))).toBeCloseTo(1, 4);
  });

  test("binary tensors, in TypeScript", () => {
    const file = join(folder, "example.ts");
    writeFileSync(file, example("ts", "views"));
    const { dimensions, cosines } = JSON.parse(run(process.execPath, [file])) as {
      dimensions: number;
      cosines: number[];
    };
    expect(dimensions).toBe(1280);
    // A ball is more like another ball than like a laptop.
    expect(cosines[0]).toBeGreaterThan(cosines[1] ?? 1);
  });

  test("there are no other examples in these languages that nobody runs", () => {
    expect(blocks.map(({ language }) => language)).toEqual(["sh", "sh", "ts"]);
  });
});
