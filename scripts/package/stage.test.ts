import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { debScript, licenceFile } from "./stage.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const COMMAND = "resources/shelfmatch/bin/shelfmatch";

test("the licences are listed by name, each text once under all that share it", () => {
  const shipped = [
    { name: "Shelfmatch", version: "1.0.0", licence: "Apache-2.0", text: 0 },
    { name: "a", version: "2.0.0", licence: "MIT", text: 1 },
    { name: "weights", version: null, licence: "Apache-2.0", text: 0 },
    { name: "b", version: "3.0.0", licence: "MIT", text: null },
  ];
  const file = licenceFile({ shipped, texts: ["Apache's words", "MIT's words"] });
  expect(file).toContain("Shelfmatch 1.0.0: Apache-2.0\na 2.0.0: MIT\nweights: Apache-2.0\nb 3.0.0: MIT");
  expect(file).toMatch(/\nShelfmatch, weights\n=+\n\nApache's words\n/);
  expect(file.match(/MIT's words/g)).toHaveLength(1);
});

describe.skipIf(process.platform !== "linux")("what Debian's package runs", () => {
  let machine: string;
  let link: string;
  beforeEach(() => {
    machine = mkdtempSync(join(tmpdir(), "shelfmatch-deb-"));
    mkdirSync(join(machine, "usr", "bin"), { recursive: true });
    link = join(machine, "usr", "bin", "shelfmatch");
  });
  afterEach(() => rmSync(machine, { recursive: true, force: true }));

  /** Our part of it, on a machine below a folder. */
  function runs(name: "after-install" | "after-remove", ...args: string[]): void {
    const own = readFileSync(join(ROOT, "electron", "resources", `deb-${name}.sh`), "utf8")
      .replaceAll("$" + "{sanitizedProductName}", "Shelfmatch")
      .replaceAll(/'\/(opt|usr)\//g, `'${machine}/$1/`);
    execFileSync("/bin/bash", ["-e", "-c", own, name, ...args]);
  }

  test("puts the command on the PATH, keeps it over an upgrade, and takes it away", () => {
    runs("after-install", "configure");
    expect(readlinkSync(link)).toBe(join(machine, "opt", "Shelfmatch", COMMAND));
    runs("after-install", "configure", "0.1.0");
    runs("after-remove", "upgrade", "0.2.0");
    expect(readlinkSync(link)).toBe(join(machine, "opt", "Shelfmatch", COMMAND));
    runs("after-remove", "remove");
    expect(() => readlinkSync(link)).toThrow();
  });

  test("leaves another's command alone when it goes", () => {
    writeFileSync(link, "");
    runs("after-remove", "remove");
    expect(existsSync(link)).toBe(true);
  });

  test("keeps what electron-builder's own scripts do: the sandbox's rights, AppArmor's profile", () => {
    const install = debScript(ROOT, "after-install");
    for (const part of ["chrome-sandbox", "apparmor_parser", `${COMMAND}' '/usr/bin/shelfmatch'`])
      expect(install).toContain(part);
    expect(debScript(ROOT, "after-remove")).toContain("update-alternatives --remove");
    for (const name of ["after-install", "after-remove"])
      execFileSync("/bin/bash", ["-n", "-c", debScript(ROOT, name)]);
  });
});
