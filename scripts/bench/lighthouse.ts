import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, runCli, startHost } from "../../e2e/host.ts";
import { AUDITED, audit } from "../../e2e/lighthouse.ts";
import { prepareLighthouse } from "../setup/lighthouse.mjs";

/**
 * What Lighthouse's own audits say of each main page of the web host, with the sample catalogue: accessibility and best
 * practices, of 100. Needs the built pages (`npm run build`). SHELFMATCH_BENCH_DATA names a folder that is copied instead.
 */
export async function run(): Promise<void> {
  const missing = prepareLighthouse();
  if (missing !== null) {
    console.log(`skipped: ${missing}`);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-lighthouse-"));
  try {
    const given = process.env.SHELFMATCH_BENCH_DATA;
    if (given === undefined) await runCli("import", join(ROOT, "seed", "products.csv"), "--data", folder, "--json");
    else await cp(given, folder, { recursive: true });
    const host = await startHost(folder);
    try {
      console.log(`${"page".padEnd(26)}accessibility  best practices`);
      for (const path of AUDITED) {
        const [page] = await audit(host.url, [path]);
        if (page === undefined) continue;
        const figures = `${String(page.accessibility).padStart(13)}${String(page.bestPractices).padStart(16)}`;
        console.log(`${path.padEnd(26)}${figures}${page.failed.map((one) => `\n    ${one}`).join("")}`);
      }
    } finally {
      await host.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
