import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../engine/evaluate/metrics.ts";
import { CRASH_POINTS } from "../../engine/lib/crash-point.ts";
import { embeddedGround, type Ground, type Site, stackGround } from "./grounds.ts";
import { type Damage, inspect } from "./inspect.ts";
import { type Acknowledgement, acknowledgement, openEngine } from "./scenario.ts";

/**
 * Stops an engine at every crash point, and on the stack kills each server at odd moments; starts again what died, and
 * looks for what was lost. Prints the table. `main.ts [embedded|stack]...`; both by default.
 */

interface Run {
  signal: NodeJS.Signals | null;
  code: number | null;
  said: Acknowledgement[];
}

type At = Pick<Site, "folder" | "env">;

async function runChanging({ folder, env }: At, mode: "base" | "change", where: readonly string[] = []): Promise<Run> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "changing.ts"), mode, folder, ...where], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const said: Acknowledgement[] = [];
  for await (const text of createInterface({ input: child.stdout })) said.push(acknowledgement.parse(JSON.parse(text)));
  const [code, signal] = await closed;
  return { code, signal, said };
}

async function makeBase(site: At): Promise<void> {
  const { code } = await runChanging(site, "base");
  if (code !== 0) throw new Error(`the base catalogue could not be made (exit ${code})`);
}

async function look(site: Site, said: readonly Acknowledgement[]): Promise<Damage> {
  const engine = await openEngine(site.folder, site.env);
  try {
    return await inspect(engine, said, site.storedPictures);
  } finally {
    await engine.close();
  }
}

/** First, middle and last pass. */
const samples = (passes: number) => [...new Set([1, Math.ceil(passes / 2), passes])].filter((pass) => pass > 0);

/** How many batches there are depends on the pace: the last pass of one run may not come in the next. */
async function diedAt(ground: Ground, point: string, wanted: number): Promise<{ site: Site; said: Acknowledgement[] }> {
  for (let pass = wanted; pass > 0; pass--) {
    const site = await ground.site();
    const { signal, said } = await runChanging(site, "change", [point, String(pass)]);
    if (signal === "SIGKILL") return { site, said };
    await site.remove();
  }
  throw new Error(`the engine never stopped at ${point}`);
}

/** Kills made of each server: at moments drawn from the seed, anywhere in the changes. */
const KILLS = 3;

const totals = { passed: 0, failed: 0 };

function row(name: string, passes: number | string, damages: readonly Damage[], notes: readonly string[] = []): void {
  const [lost, orphaned] = [damages.flatMap((one) => one.lost), damages.flatMap((one) => one.orphaned)];
  const wrong = [...notes, ...lost, ...orphaned];
  if (wrong.length === 0) totals.passed++;
  else totals.failed++;
  const cells = [String(passes).padStart(6), String(damages.length).padStart(5), String(lost.length).padStart(5)];
  console.log(`${name.padEnd(34)} ${cells.join(" ")} ${String(orphaned.length).padStart(9)}`);
  for (const text of wrong) console.log(`    ${text}`);
}

async function crashAtPoints(ground: Ground): Promise<number> {
  const whole = await ground.site();
  const started = performance.now();
  const { code, said } = await runChanging(whole, "change");
  const tookMs = performance.now() - started;
  await whole.remove();
  const last = said.at(-1);
  if (code !== 0 || last?.kind !== "passes") throw new Error(`the changes failed (exit ${code})`);
  for (const point of CRASH_POINTS) {
    const passes = last.passes[point] ?? 0;
    const damages: Damage[] = [];
    for (const pass of samples(passes)) {
      const { site, said } = await diedAt(ground, point, pass);
      damages.push(await look(site, said));
      await site.remove();
    }
    row(`${ground.name}: ${point}`, passes, damages, passes === 0 ? ["nothing passes here"] : []);
  }
  return tookMs;
}

async function killServers(ground: Ground, tookMs: number): Promise<void> {
  const random = seededRandom(4);
  for (const server of ground.servers) {
    const damages: Damage[] = [];
    const notes: string[] = [];
    for (let n = 0; n < KILLS; n++) {
      const site = await ground.site();
      const running = runChanging(site, "change");
      await sleep(random() * tookMs);
      await server.kill();
      await sleep(500 + random() * 2_000);
      await server.start();
      const { code, said } = await running;
      if (code !== 0) notes.push(`the changes ended with ${code}`);
      damages.push(await look(site, said));
      await site.remove();
    }
    row(`${ground.name}: ${server.name} killed`, "-", damages, notes);
  }
}

const wanted = process.argv.slice(2);
const grounds = [
  { name: "embedded", open: embeddedGround },
  { name: "stack", open: stackGround },
].filter(({ name }) => wanted.length === 0 || wanted.includes(name));

console.log(
  `${"".padEnd(34)} ${"passes".padStart(6)} ${"runs".padStart(5)} ${"lost".padStart(5)} ${"orphaned".padStart(9)}`,
);
for (const { open } of grounds) {
  const ground = await open(makeBase);
  try {
    await killServers(ground, await crashAtPoints(ground));
  } finally {
    await ground.close();
  }
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
