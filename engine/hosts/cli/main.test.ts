import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

/** The program as it is started: exit codes, streams, folders. The commands themselves are in cli.test.ts. */

const MAIN = join(import.meta.dirname, "main.ts");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-main-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function shelfmatch(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env }, cwd: folder });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, "close");
  return { code, out, err };
}

it("ends with the command's exit code, its words on the right stream", async () => {
  expect(await shelfmatch(["--version"])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  const wrong = await shelfmatch(["match"]);
  expect(wrong).toMatchObject({ code: 64, out: "" });
  expect(wrong.err).toContain("image");
});

it("takes paths from where npm was called, not from where it runs scripts", async () => {
  const caller = join(folder, "caller");
  const { out } = await shelfmatch(["doctor", "--json", "--data", "/dev/null/impossible"], { INIT_CWD: caller });
  expect(out).toContain("/dev/null/impossible");
  const relative = await shelfmatch(["serve", "--host", "0.0.0.0", "--data", "mine"], {
    INIT_CWD: caller,
    SHELFMATCH_SERVER_PORT: "no port",
  });
  expect(relative).toMatchObject({ code: 1, err: expect.stringContaining("SHELFMATCH_SERVER_PORT") });
  expect((await import("node:fs")).existsSync(join(caller, "mine", "engine.lock"))).toBe(true);
});
