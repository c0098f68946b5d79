import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImageEncoder } from "../port.ts";
import { cutViews } from "../views.ts";
import { createOnnxImageEncoder } from "./image-encoder.ts";

const root = join(import.meta.dirname, "../../..");
let encoder: ImageEncoder;

beforeAll(async () => {
  encoder = await createOnnxImageEncoder({ weights: join(root, "triton/weights"), workers: 2 });
  await encoder.warmUp();
});
afterAll(() => encoder.close());

async function view(file: string): Promise<Uint8Array> {
  const { data, info } = await sharp(join(root, "seed", file))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [whole] = await cutViews({ data, width: info.width, height: info.height }, ["whole"]);
  if (whole === undefined) throw new Error("no view");
  return whole;
}

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

test("embeddings have length 1, and a query lies nearest to its own product", async () => {
  const [query, same, other] = await encoder.encode([
    await view("queries/basketball-blurred.jpg"),
    await view("images/basketball.jpg"),
    await view("images/leather-sofa.jpg"),
  ]);
  if (!query || !same || !other) throw new Error("an encoding is missing");
  expect(query.embedding).toHaveLength(encoder.dimensions);
  expect(cosine(query.embedding, query.embedding)).toBeCloseTo(1, 5);
  expect(cosine(query.embedding, same.embedding)).toBeGreaterThan(cosine(query.embedding, other.embedding) + 0.2);
});

test("classes are named in the order of the classifier", async () => {
  const [ball, sofa] = await encoder.encode([
    await view("images/tennis-ball.jpg"),
    await view("images/leather-sofa.jpg"),
  ]);
  expect(ball?.classes[0]?.name).toBe("tennis ball");
  expect(ball?.classes[0]?.probability).toBeGreaterThan(0.8);
  expect(sofa?.classes[0]?.name).toBe("studio couch");
});

test("an embedding does not depend on its batch-mates", async () => {
  const picture = await view("images/spiky-cactus.jpg");
  const [alone] = await encoder.encode([picture]);
  const mates = await Promise.all(["images/tent.jpg", "images/laptop.jpg", "images/orchid.jpg"].map(view));
  const many = await encoder.encode([...mates, picture, ...mates, ...mates]);
  const among = many[3];
  if (!alone || !among) throw new Error("an encoding is missing");
  expect(cosine(alone.embedding, among.embedding)).toBeGreaterThan(0.999999);
});

test("a wrong view fails its own call, and the encoder goes on", async () => {
  await expect(encoder.encode([new Uint8Array(3)])).rejects.toThrow("3 bytes");
  expect((await encoder.health()).state).toBe("ready");
});

test("the event loop stays free while a long batch is encoded", async () => {
  const files = (await readdir(join(root, "seed/images"))).slice(0, 24);
  const views = await Promise.all(files.map((file) => view(join("images", file))));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = performance.eventLoopUtilization();
  delay.enable();
  await encoder.encode(views, { priority: "bulk" });
  delay.disable();
  // Were the inferences run on this loop, it would be at work all the time, each holding it up for 6 ms and more.
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.4);
  expect(delay.percentile(50) / 1e6).toBeLessThan(5);
});

test("gives up what waits when the signal fires", async () => {
  const picture = await view("images/tent.jpg");
  const controller = new AbortController();
  const long = encoder.encode(new Array<Uint8Array>(64).fill(picture), { signal: controller.signal, priority: "bulk" });
  controller.abort();
  await expect(long).rejects.toMatchObject({ code: "CANCELLED" });
});

// A thread that is ended inside a native call takes the whole process with it: this file's other tests would be lost.
test.each([
  ["while it loads", false],
  ["while it runs", true],
])("close %s lets what runs end and refuses the rest", async (_, warm) => {
  const picture = await view("images/tent.jpg");
  const another = await createOnnxImageEncoder({ weights: join(root, "triton/weights"), workers: 1 });
  if (warm) await another.warmUp();
  const running = another.encode([picture]);
  const waiting = expect(another.encode([picture])).rejects.toMatchObject({ code: "ENGINE_GONE" });
  await another.close();
  expect(await running).toHaveLength(1);
  await waiting;
  await expect(another.encode([picture])).rejects.toMatchObject({ code: "ENGINE_GONE" });
});

test("damaged weights fail calls and health, not the process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "weights-"));
  const weights = await readFile(join(root, "triton/weights/efficientnet-lite0.onnx"));
  await writeFile(join(folder, "efficientnet-lite0.onnx"), weights.subarray(0, 1_000_000));
  await writeFile(join(folder, "imagenet-classes.json"), "[]");
  const damaged = await createOnnxImageEncoder({ weights: folder, workers: 1 });
  await expect(damaged.warmUp()).rejects.toThrow("efficientnet-lite0.onnx");
  expect((await damaged.health()).state).toBe("down");
  await damaged.close();
  await rm(folder, { recursive: true });
});

test("its fingerprint names model, precision and dimensions", () => {
  expect(encoder.fingerprint).toMatch(/^efficientnet-lite0-fp16w-1280-[0-9a-f]{8}$/);
});
