// What no other check sees: the clone stays small, and nothing tracked names a person's machine or a registry's host.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";

const LIMIT_MIB = 48;
const FORBIDDEN = [
  { what: "a machine's path", pattern: /(?:^|[\s"'`(=])\/(?:home|root|work|Users)\/[\w.-]+/ },
  { what: "a registry's host", pattern: /\b(?:registry\.npmjs|files\.pythonhosted|registry\.yarnpkg)\b/ },
];

const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && existsSync(file));
/** @type {string[]} */
const faults = [];

const mib = files.reduce((sum, file) => sum + statSync(file).size, 0) / 2 ** 20;
console.log(`tracked files: ${files.length}, ${mib.toFixed(1)} MiB of ${LIMIT_MIB}`);
if (mib > LIMIT_MIB) faults.push(`tracked files come to ${mib.toFixed(1)} MiB; the limit is ${LIMIT_MIB}`);

for (const file of files) {
  if (file === "scripts/hygiene.mjs" || statSync(file).size > 2 ** 20) continue;
  const content = readFileSync(file);
  if (content.subarray(0, 8000).includes(0)) continue;
  content
    .toString("utf8")
    .split("\n")
    .forEach((line, index) => {
      for (const { what, pattern } of FORBIDDEN)
        if (pattern.test(line)) faults.push(`${file}:${index + 1} names ${what}`);
    });
}

for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
