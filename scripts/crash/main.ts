import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CRASH_POINTS, type CrashPoint } from "../../engine/lib/crash-point.ts";
import { inspect } from "./inspect.ts";
import { type Acknowledgement, acknowledgement, openEngine } from "./scenario.ts";

/** Stops an engine at every crash point, starts it again and looks for what was lost. Prints the table. */

interface Died {
  code: number | null;
  signal: NodeJS.Signals | null;
  said: Acknowledgement[];
}

async function runChanging(args: readonly string[]): Promise<Died> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "changing.ts"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const said: Acknowledgement[] = [];
  for await (const text of createInterface({ input: child.stdout })) said.push(acknowledgement.parse(JSON.parse(text)));
  const [code, signal] = await closed;
  return { code, signal, said };
}

async function storedPictures(folder: string): Promise<string[]> {
  const files = await readdir(join(folder, "catalog", "pictures"), { recursive: true, withFileTypes: true });
  return files.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** First, middle and last pass. */
const samples = (passes: number) => [...new Set([1, Math.ceil(passes / 2), passes])].filter((pass) => pass > 0);

const root = await mkdtemp(join(tmpdir(), "shelfmatch-crash-"));
let [passed, failed] = [0, 0];
try {
  const base = join(root, "base");
  const made = await runChanging(["base", base]);
  if (made.code !== 0) throw new Error(`the base catalogue could not be made (exit ${made.code})`);
  const fresh = async (name: string) => {
    const folder = join(root, name);
    await cp(base, folder, { recursive: true });
    return folder;
  };

  /** How many batches there are depends on the pace: the last pass of one run may not come in the next. */
  async function diedAt(point: CrashPoint, wanted: number): Promise<{ folder: string; said: Acknowledgement[] }> {
    for (let pass = wanted; pass > 0; pass--) {
      const folder = await fresh(`${point}-${pass}`);
      const { signal, said } = await runChanging(["change", folder, point, String(pass)]);
      if (signal === "SIGKILL") return { folder, said };
      await rm(folder, { recursive: true, force: true });
    }
    throw new Error(`the engine never stopped at ${point}`);
  }

  const whole = await runChanging(["change", await fresh("whole")]);
  const last = whole.said.at(-1);
  if (whole.code !== 0 || last?.kind !== "passes") throw new Error(`the changes failed (exit ${whole.code})`);

  console.log(
    `${"point".padEnd(28)} ${"passes".padStart(6)} ${"runs".padStart(5)} ${"lost".padStart(5)} ${"orphaned".padStart(9)}`,
  );
  for (const point of CRASH_POINTS) {
    const row = { runs: 0, lost: 0, orphaned: 0 };
    const passes = last.passes[point] ?? 0;
    const notes: string[] = [];
    for (const pass of samples(passes)) {
      const { folder, said } = await diedAt(point, pass);
      const engine = await openEngine(folder);
      try {
        const { lost, orphaned } = await inspect(engine, said, () => storedPictures(folder));
        row.runs++;
        row.lost += lost.length;
        row.orphaned += orphaned.length;
        notes.push(...lost, ...orphaned);
      } finally {
        await engine.close();
        await rm(folder, { recursive: true, force: true });
      }
    }
    if (passes === 0) notes.push("nothing passes here");
    if (notes.length === 0) passed++;
    else failed++;
    console.log(
      `${point.padEnd(28)} ${String(passes).padStart(6)} ${String(row.runs).padStart(5)} ${String(row.lost).padStart(5)} ${String(row.orphaned).padStart(9)}`,
    );
    for (const note of notes) console.log(`    ${note}`);
  }
} finally {
  await rm(root, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
