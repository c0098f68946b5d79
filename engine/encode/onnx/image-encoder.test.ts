import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cosine, describeImageEncoder, seedPictures, seedViews, WEIGHTS } from "../contract.ts";
import type { ImageEncoder } from "../port.ts";
import { createOnnxImageEncoder } from "./image-encoder.ts";

describeImageEncoder("onnx", (options) => createOnnxImageEncoder({ weights: WEIGHTS, workers: 2, ...options }));

let encoder: ImageEncoder;

beforeAll(async () => {
  encoder = await createOnnxImageEncoder({ weights: WEIGHTS, workers: 2 });
  await encoder.warmUp();
});
afterAll(() => encoder.close());

async function view(file: string): Promise<Uint8Array> {
  const [whole] = await seedViews(file);
  if (whole === undefined) throw new Error("no view");
  return whole;
}

test("an embedding does not depend on its batch-mates", async () => {
  const picture = await view("images/spiky-cactus.jpg");
  const [alone] = await encoder.encode([picture]);
  const mates = await Promise.all(["images/tent.jpg", "images/laptop.jpg", "images/orchid.jpg"].map(view));
  const many = await encoder.encode([...mates, picture, ...mates, ...mates]);
  const among = many[3];
  if (!alone || !among) throw new Error("an encoding is missing");
  expect(cosine(alone.embedding, among.embedding)).toBeGreaterThan(0.999999);
});

test("the event loop stays free while a long batch is encoded", async () => {
  const files = (await seedPictures()).slice(0, 24);
  const views = await Promise.all(files.map(view));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = performance.eventLoopUtilization();
  delay.enable();
  await encoder.encode(views, { priority: "bulk" });
  delay.disable();
  // Were the inferences run on this loop, it would be at work all the time, each holding it up for 6 ms and more.
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.4);
  expect(delay.percentile(50) / 1e6).toBeLessThan(5);
});

// A thread that is ended inside a native call takes the whole process with it: this file's other tests would be lost.
test.each([
  ["while it loads", false],
  ["while it runs", true],
])("close %s lets what runs end and refuses the rest", async (_, warm) => {
  const picture = await view("images/tent.jpg");
  const another = await createOnnxImageEncoder({ weights: WEIGHTS, workers: 1 });
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
  const weights = await readFile(join(WEIGHTS, "efficientnet-lite0.onnx"));
  await writeFile(join(folder, "efficientnet-lite0.onnx"), weights.subarray(0, 1_000_000));
  await writeFile(join(folder, "imagenet-classes.json"), "[]");
  const damaged = await createOnnxImageEncoder({ weights: folder, workers: 1 });
  await expect(damaged.warmUp()).rejects.toThrow("efficientnet-lite0.onnx");
  expect((await damaged.health()).state).toBe("down");
  await damaged.close();
  await rm(folder, { recursive: true });
});
