import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openStack, type StackServer, stackMissing, type TestStack } from "../../scripts/servers/stack.ts";
import { test as base, expect } from "../fixtures.ts";
import { type Host, startHost } from "../host.ts";

interface Running {
  stack: TestStack;
  host: Host;
}

interface Fixtures {
  /** One of the servers, to be stopped and started again. */
  server: (name: StackServer["name"]) => StackServer;
}

/** Brings the sample in and waits until all of it can be found. */
async function importSample({ url }: Host): Promise<void> {
  const started = await fetch(`${url}/api/v1/imports/sample`, { method: "POST", headers: { origin: url } });
  if (!started.ok) throw new Error(`The sample was not imported: ${await started.text()}`);
  for (const end = Date.now() + 90_000; ; await sleep(300)) {
    const { products } = (await (await fetch(`${url}/api/v1/health`)).json()) as { products: { indexed: number } };
    if (products.indexed === 54) return;
    if (Date.now() > end) throw new Error(`${products.indexed} of 54 products are indexed after 90 s.`);
  }
}

/** A web host on a stack of real servers with the sample in it: one for all the tests of a file, in their order. */
export const test = base.extend<Fixtures, { running: Running }>({
  running: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
    async ({}, use) => {
      const stack = await openStack();
      if ("missing" in stack) throw new Error(stack.missing);
      const folder = mkdtempSync(join(tmpdir(), "shelfmatch-e2e-stack-"));
      const host = await startHost(folder, { env: stack.settings() });
      try {
        await importSample(host);
        await use({ stack, host });
      } finally {
        await host.close();
        await stack.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    { scope: "worker", timeout: 240_000 },
  ],

  host: async ({ running }, use, info) => {
    await use(running.host);
    if (info.status !== info.expectedStatus) await info.attach("host.log", { body: running.host.log() });
  },

  server: async ({ running }, use) => {
    await use((name) => {
      const found = running.stack.servers.find((one) => one.name === name);
      if (found === undefined) throw new Error(`No server is called ${name}.`);
      return found;
    });
    // Those that a failed test has left stopped.
    for (const one of running.stack.servers) await one.start();
  },
});

export { expect, stackMissing };
