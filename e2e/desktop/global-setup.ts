import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, runCli } from "../host.ts";

/** Imports the sample once; tests that are not about the first start begin with a copy of that data folder. */
export default async function setUp(): Promise<() => void> {
  const template = mkdtempSync(join(tmpdir(), "shelfmatch-desktop-seed-"));
  await runCli("import", join(ROOT, "seed", "products.csv"), "--data", template, "--json");
  process.env.SHELFMATCH_E2E_SEED = template;
  return () => rmSync(template, { recursive: true, force: true });
}
