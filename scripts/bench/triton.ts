import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { decodeReply, encodeRequest } from "../../engine/encode/triton/codec.ts";
import { openTritonEncoders } from "../../engine/encode/triton/open.ts";
import { configSchema } from "../../shared/config.ts";
import { layOutModels, prepareTriton, startTriton } from "../servers/triton.mjs";
import { line, quantile, timeEach } from "./figures.ts";

const WEIGHTS = join(import.meta.dirname, "..", "..", "triton", "weights");
const SIDE = 224;
const IMAGE_MODEL = "efficientnet-lite0";
const CLIENTS = 32;
const CALLS = 150;
const PICTURES = 256;
/** The best of these counts: what the machine does beside only takes away. */
const ROUNDS = 4;
/** Linux counts processor time in hundredths of a second, whatever the kernel does. */
const MS_PER_TICK = 10;

interface Throughput {
  perSecond: number;
  /** Milliseconds of processor time a picture: client, server and model. */
  processorMs: number;
}

const best = (rounds: readonly Throughput[]): Throughput => ({
  perSecond: Math.max(...rounds.map(({ perSecond }) => perSecond)),
  processorMs: Math.min(...rounds.map(({ processorMs }) => processorMs)),
});

/** On a machine that others load, throughput says little and the processor's time much. */
const processorNote = ({ perSecond, processorMs }: Throughput) =>
  `${processorMs.toFixed(1)} ms of a core a picture, ${((perSecond * processorMs) / 1000).toFixed(1)} cores had`;

/** User and system time of a process (Linux). */
function processorMsOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = status
    .slice(status.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  return (Number(user) + Number(system)) * MS_PER_TICK;
}

/** Views that no cache has seen. */
const freshViews = (count: number) =>
  Array.from({ length: count }, () => randomFillSync(new Uint8Array(SIDE * SIDE * 3)));

/** The client of the engine against bare calls to the same Triton: its overhead, its batches, and the server's cache. */
export async function run(): Promise<void> {
  const { install, missing } = prepareTriton();
  if (install === null) return console.log(`left out: ${missing}`);
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-"));
  const repository = join(folder, "models");
  layOutModels(repository);
  const server = await startTriton(install, { repository, models: [IMAGE_MODEL, "all-minilm-l6-v2"] });
  const { triton: settings } = configSchema.parse({ triton: { url: server.url } });
  const encoders = await openTritonEncoders({
    ...{ settings, weights: WEIGHTS, folder, models: folder, onNotice: console.log },
  });
  const pool = new Pool(server.url, { connections: CLIENTS });

  /** What a client does at the very least: one request, one reply, read. */
  async function bare(view: Uint8Array): Promise<Float32Array> {
    const shape = [1, SIDE, SIDE, 3];
    const { headerLength, body } = encodeRequest([{ name: "views", datatype: "UINT8", shape, data: [view] }]);
    const reply = await pool.request({
      path: `/v2/models/${IMAGE_MODEL}/infer`,
      method: "POST",
      headers: { "inference-header-content-length": String(headerLength) },
      body,
    });
    const bytes = Buffer.from(await reply.body.arrayBuffer());
    const header = reply.headers["inference-header-content-length"];
    return decodeReply(bytes, String(header)).outputs.get("embedding")?.data as Float32Array;
  }
  const ours = (view: Uint8Array) => encoders.image.encode([view]);

  /** Milliseconds of processor time that this process, the server and its models have used. */
  function processorMs(): number {
    const { user, system } = process.cpuUsage();
    const others = [server.pid, ...server.stubs().map(({ pid }) => pid)].map(processorMsOf);
    return others.reduce((sum, ms) => sum + ms, (user + system) / 1000);
  }

  /** Of `clients` that each send one view after the other: pictures a second, and processor time a picture. */
  async function throughput(clients: number, encode: (view: Uint8Array) => Promise<unknown>): Promise<Throughput> {
    const views = freshViews(PICTURES);
    const before = processorMs();
    const started = performance.now();
    await Promise.all(
      Array.from({ length: clients }, async () => {
        for (let view = views.pop(); view !== undefined; view = views.pop()) await encode(view);
      }),
    );
    const perSecond = PICTURES / ((performance.now() - started) / 1000);
    return { perSecond, processorMs: (processorMs() - before) / PICTURES };
  }

  try {
    await encoders.image.warmUp();
    await timeEach(freshViews(20), bare);
    const [bareMs, oursMs]: [number[], number[]] = [[], []];
    // In turns: whatever else the machine does falls on both.
    for (let n = 0; n < CALLS; n++) {
      bareMs.push(...(await timeEach(freshViews(1), bare)));
      oursMs.push(...(await timeEach(freshViews(1), ours)));
    }
    const [bareMedian, oursMedian] = [quantile(bareMs, 0.5), quantile(oursMs, 0.5)];
    line("a bare call to Triton, one view", bareMedian, "ms");
    line(
      "the same through the encoder",
      oursMedian,
      "ms",
      `${(oursMedian / bareMedian).toFixed(2)}x (wanted <= 1.15x)`,
    );

    const modes = { oneByOne: [] as Throughput[], unbatched: [] as Throughput[], batched: [] as Throughput[] };
    for (let round = 0; round < ROUNDS; round++) {
      modes.oneByOne.push(await throughput(1, bare));
      modes.unbatched.push(await throughput(CLIENTS, bare));
      modes.batched.push(await throughput(CLIENTS, ours));
    }
    const [oneByOne, unbatched, batched] = [best(modes.oneByOne), best(modes.unbatched), best(modes.batched)];
    line("one by one", oneByOne.perSecond, "pictures/s", processorNote(oneByOne));
    line(
      `${CLIENTS} clients, each view a call of its own`,
      unbatched.perSecond,
      "pictures/s",
      processorNote(unbatched),
    );
    const gain = `${(batched.perSecond / oneByOne.perSecond).toFixed(2)}x one by one (wanted >= 2x)`;
    line(`${CLIENTS} clients, micro-batched`, batched.perSecond, "pictures/s", `${gain}; ${processorNote(batched)}`);

    const views = freshViews(CALLS);
    const first = quantile(await timeEach(views, ours), 0.5);
    const again = quantile(await timeEach(views, ours), 0.5);
    line("a picture, the first time", first, "ms");
    line("the same again, out of Triton's cache", again, "ms", `${(again / first).toFixed(2)}x (wanted <= 0.2x)`);
  } finally {
    await pool.close();
    await encoders.image.close();
    await encoders.text.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
