import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { line } from "./figures.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const MAIN = join(ROOT, "engine", "hosts", "cli", "main.ts");

interface Started {
  child: ChildProcess;
  url: string;
  ms: number;
}

/** Starts the web host and waits for the line that names its address. */
async function serve(data: string): Promise<Started> {
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN, "serve", "--data", data, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const url = /"url":"([^"]+)"/.exec(output)?.[1];
    if (url !== undefined) return { child, url, ms: performance.now() - started };
  }
  throw new Error(`The web host ended before it said its address: ${output}`);
}

async function stop({ child }: Started): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

async function post(url: string, picture: Uint8Array): Promise<void> {
  const form = new FormData();
  form.set("picture", new File([picture.slice()], "query.jpg", { type: "image/jpeg" }));
  const response = await fetch(`${url}/api/v1/match`, { method: "POST", body: form });
  if (!response.ok) throw new Error(`match answered ${response.status}: ${await response.text()}`);
  await response.json();
}

/** Memory of a process and what it has mapped of its own, in MiB (Linux; NaN elsewhere). */
async function residentMiB(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** A bare Node program that loads the same encoder weights and runs one inference: what a start can't be quicker than. */
async function bareStart(): Promise<number> {
  const started = performance.now();
  const code = `const ort = require("onnxruntime-node");
    ort.InferenceSession.create(${JSON.stringify(join(ROOT, "triton/weights/efficientnet-lite0.onnx"))}).then((session) =>
      session.run({ pixels: new ort.Tensor("float32", new Float32Array(3 * 224 * 224), [1, 3, 224, 224]) }));`;
  const child = spawn(process.execPath, ["-e", code], { cwd: ROOT, stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  return performance.now() - started;
}

/** Start of the web host on a filled data folder, to its first answer, and its memory there. */
export async function run(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "shelfmatch-bench-"));
  try {
    const fill = spawn(
      process.execPath,
      [MAIN, "import", join(ROOT, "seed", "products.csv"), "--data", data, "--json"],
      { stdio: "ignore" },
    );
    await new Promise((resolve) => fill.once("exit", resolve));
    const picture = await readFile(join(ROOT, "seed", "images", "laptop.jpg"));
    const starts: number[] = [];
    const answers: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < 3; round++) {
      bare.push(await bareStart());
      const started = performance.now();
      const host = await serve(data);
      starts.push(host.ms);
      await post(host.url, picture);
      answers.push(performance.now() - started);
      if (round === 2) line("memory after the first answer, 54 products", await residentMiB(host.child.pid), "MiB");
      await stop(host);
    }
    const best = (values: readonly number[]) => Math.min(...values);
    line("bare Node with the image encoder, one inference", best(bare), "ms");
    line("start until the address is printed", best(starts), "ms", `${(best(starts) / best(bare)).toFixed(1)}x bare`);
    line("start until the first whole answer", best(answers), "ms", `${(best(answers) / best(bare)).toFixed(1)}x bare`);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
