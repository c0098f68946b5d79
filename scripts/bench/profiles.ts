import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../engine/config/load.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import { lookAt } from "../../engine/picture/look.ts";
import { openStack } from "../servers/stack.ts";
import { line, quantile } from "./figures.ts";
import { importAll, makePictures } from "./pictures.ts";

/** The stack beside the embedded profile: the same pictures in, the same questions asked, one profile after the other. */

const PICTURES = 108;
/** Clients at once, and how many questions they ask together; no picture is asked about twice. */
const LEVELS = [
  { clients: 1, questions: 30 },
  { clients: 8, questions: 80 },
  { clients: 32, questions: 128 },
];
const HOPS = ["decode", "encode", "search"] as const;

interface Level {
  clients: number;
  p50: number;
  perSecond: number;
  /** Milliseconds of each hop, p50. */
  hops: Record<(typeof HOPS)[number], number>;
}

async function firstAnswer(
  engine: Engine,
  bytes: Uint8Array,
): Promise<{ ms: number; timings: Record<string, number> }> {
  const started = performance.now();
  const picture = lookAt(bytes, { name: "query" });
  for await (const { timings } of engine.parts.answer(
    { picture },
    { verify: 0, readText: false, readBarcodes: false },
  )) {
    return { ms: performance.now() - started, timings };
  }
  throw new Error("no answer");
}

async function ask(engine: Engine, clients: number, questions: Uint8Array[]): Promise<Level> {
  const answers: Awaited<ReturnType<typeof firstAnswer>>[] = [];
  const waiting = [...questions];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        answers.push(await firstAnswer(engine, next));
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const median = (hop: string) =>
    quantile(
      answers.map(({ timings }) => timings[hop] ?? 0),
      0.5,
    );
  return {
    clients,
    p50: quantile(
      answers.map(({ ms }) => ms),
      0.5,
    ),
    perSecond: questions.length / seconds,
    hops: { decode: median("decode"), encode: median("encode"), search: median("search") },
  };
}

async function measure(folder: string, pictures: string, queries: Uint8Array[], env: Record<string, string>) {
  const config = await loadConfig({ dataFolder: folder, env });
  const engine = await createEngine({ dataFolder: folder, config, onNotice: console.error });
  try {
    const rate = await importAll(engine, pictures);
    const rest = [...queries];
    // The first questions warm connections and caches of code up.
    await ask(engine, 4, rest.splice(0, 8));
    const levels: Level[] = [];
    for (const { clients, questions } of LEVELS) levels.push(await ask(engine, clients, rest.splice(0, questions)));
    return { rate, levels };
  } finally {
    await engine.close();
  }
}

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-stack-"));
  const stack = await openStack();
  if ("missing" in stack) {
    console.log(`the stack was left out: ${stack.missing}`);
    return;
  }
  try {
    const [pictures, queries] = [join(folder, "pictures"), join(folder, "queries")];
    await makePictures(pictures, PICTURES, 1);
    await makePictures(queries, 8 + LEVELS.reduce((sum, { questions }) => sum + questions, 0), 2);
    const files = (await readdir(queries)).sort();
    const bytes = await Promise.all(files.map((file) => readFile(join(queries, file))));
    const embedded = await measure(join(folder, "embedded"), pictures, bytes, {});
    const remote = await measure(join(folder, "stack"), pictures, bytes, stack.settings());
    const times = (a: number, b: number) => `${(a / b).toFixed(2)}x embedded`;
    line("import, embedded", embedded.rate, "pictures/s");
    line("import, stack", remote.rate, "pictures/s", times(remote.rate, embedded.rate));
    for (const [at, level] of embedded.levels.entries()) {
      const other = remote.levels[at];
      if (other === undefined) continue;
      const { clients } = level;
      line(
        `first answer at ${clients} clients, embedded, p50`,
        level.p50,
        "ms",
        `${level.perSecond.toFixed(1)} a second`,
      );
      line(
        `first answer at ${clients} clients, stack, p50`,
        other.p50,
        "ms",
        `${other.perSecond.toFixed(1)} a second, ${times(other.perSecond, level.perSecond)}`,
      );
      const shares = HOPS.map((hop) => `${hop} ${((100 * other.hops[hop]) / other.p50).toFixed(0)} %`);
      const rest = 100 - HOPS.reduce((sum, hop) => sum + (100 * other.hops[hop]) / other.p50, 0);
      console.log(`  of which ${shares.join(", ")}, products and the rest ${rest.toFixed(0)} %`);
    }
  } finally {
    await stack.close();
    await rm(folder, { recursive: true, force: true });
  }
}
