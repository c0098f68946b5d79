import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, runCli } from "./host.ts";

/** Builds the pages and imports the sample once; every test starts from a copy of that data folder. */
export default async function setUp(): Promise<() => void> {
  execFileSync(
    process.execPath,
    [join(ROOT, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"],
    {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const template = mkdtempSync(join(tmpdir(), "shelfmatch-e2e-seed-"));
  await runCli("import", join(ROOT, "seed", "products.csv"), "--data", template, "--json");
  process.env.SHELFMATCH_E2E_SEED = template;
  return () => rmSync(template, { recursive: true, force: true });
}
