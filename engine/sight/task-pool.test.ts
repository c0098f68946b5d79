import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { expect, test } from "vitest";
import { createTaskPool } from "./task-pool.ts";

const TEXT = new URL("../read/text.worker.ts", import.meta.url);

async function label() {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="160"><rect width="500" height="160" fill="white"/>
    <text x="30" y="100" font-family="DejaVu Sans" font-size="56">GREEN TEA</text></svg>`;
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

test("a cancelled caller is answered at once, and the pool goes on working", async () => {
  const pool = createTaskPool(1);
  const controller = new AbortController();
  const cancelled = pool.run<string[]>(TEXT, await label(), controller.signal);
  const started = performance.now();
  controller.abort(new Error("enough"));
  await expect(cancelled).rejects.toThrow("enough");
  expect(performance.now() - started).toBeLessThan(200);
  expect((await pool.run<string[]>(TEXT, await label())).join(" ")).toMatch(/GREEN\s*TEA/i);
  await pool.close();
});

test("closing waits for what runs, and idle threads go without harm", async () => {
  const busy = createTaskPool(1);
  const last = busy.run<string[]>(TEXT, await label());
  await busy.close();
  expect((await last).length).toBeGreaterThan(0);
  const idle = createTaskPool(1, 50);
  await idle.run(TEXT, await label());
  await sleep(400);
  expect((await idle.run<string[]>(TEXT, await label())).length).toBeGreaterThan(0);
  await idle.close();
});

test("a worker that can't be loaded fails its call, not the process", async () => {
  const pool = createTaskPool(1);
  await expect(pool.run(new URL("./no-such-worker.ts", import.meta.url), {})).rejects.toThrow();
  await pool.close();
});
