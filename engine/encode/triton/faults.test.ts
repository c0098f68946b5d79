import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pauseProcess } from "../../../scripts/servers/pause.mjs";
import { seedViews, WEIGHTS } from "../contract.ts";
import { fingerprint } from "../fingerprint.ts";
import type { ImageEncoder } from "../port.ts";
import { SHIPPED_IMAGE_MODEL, SHIPPED_TEXT_MODEL, shippedImageEncoder } from "../shipped.ts";
import { createTritonControl } from "./control.ts";
import { createTritonImageEncoder } from "./image-encoder.ts";
import { NO_OWN_TRITON, type OwnTritonFixture, startOwnTriton } from "./testing/fixture.ts";
import { copyModel, setParameter } from "./testing/repository.ts";
import { createTritonTextEncoder } from "./text-encoder.ts";

const ENSEMBLE = "efficientnet-lite0-picture";
const TIMES = { timeout: 60_000, interval: 100 };

describe.skipIf(NO_OWN_TRITON !== "")(`faults of Triton${NO_OWN_TRITON}`, () => {
  let triton: OwnTritonFixture;
  let view: Uint8Array[];
  const notices: string[] = [];
  const opened: ImageEncoder[] = [];
  beforeAll(async () => {
    triton = await startOwnTriton();
    view = await seedViews("images/laptop.jpg");
  }, 180_000);
  afterAll(async () => {
    for (const encoder of opened) await encoder.close();
    await triton.stop();
  });

  async function open({ model = SHIPPED_IMAGE_MODEL, deadlineMs = 20_000 } = {}): Promise<ImageEncoder> {
    const encoder = await createTritonImageEncoder({
      server: triton.connect({ deadlineMs }),
      model,
      weights: WEIGHTS,
      folder: triton.data,
      onNotice: (message) => notices.push(message),
    });
    opened.push(encoder);
    return encoder;
  }
  /** A view that the server has no answer to in its cache. */
  let number = 0;
  const fresh = () => {
    number++;
    return [new Uint8Array(3 * 224 * 224).fill(127).fill(number, 0, 5000)];
  };
  const works = async (encoder: ImageEncoder) => (await encoder.encode(fresh()).catch(() => [])).length === 1;

  describe("of the server", () => {
    test("away at the start: calls say so, and go through once it is there", async () => {
      await triton.server.kill();
      const encoder = await open();
      const call = encoder.encode(view);
      await expect(call).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
      await expect(call).rejects.toThrow(/Triton at http:\/\/127\.0\.0\.1:\d+ is not reachable: nobody listens there/);
      await expect(encoder.warmUp()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
      expect(await encoder.health()).toMatchObject({ state: "down", remote: { version: null, failures: 3 } });
      await triton.restart();
      expect(await encoder.encode(view)).toHaveLength(1);
      expect(await encoder.health()).toMatchObject({
        state: "ready",
        remote: { version: "2.51.0", breaker: "closed" },
      });
    });

    test("killed in the middle: calls fail with typed errors, and go through again without a restart of ours", async () => {
      const encoder = await open();
      await encoder.warmUp();
      const codes = new Set<string>();
      let going = true;
      let answered = 0;
      const callers = Array.from({ length: 8 }, async () => {
        while (going) {
          try {
            expect(await encoder.encode(fresh())).toHaveLength(1);
            answered++;
          } catch (error) {
            codes.add((error as { code?: string }).code ?? String(error));
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
      });
      await expect.poll(() => answered, TIMES).toBeGreaterThan(20);
      await triton.server.kill();
      // As after a crash: nothing says which models had been loaded.
      await triton.restart([]);
      const before = answered;
      await expect.poll(() => answered, TIMES).toBeGreaterThan(before + 20);
      going = false;
      await Promise.all(callers);
      expect([...codes]).toEqual(["SERVICE_UNAVAILABLE"]);
      expect(notices.some((notice) => notice.includes("was not loaded and is now"))).toBe(true);
    });

    test("hanging: calls end at their deadline, and go through once it answers again", async () => {
      const encoder = await open({ deadlineMs: 1_500 });
      await encoder.warmUp();
      pauseProcess(triton.server.pid);
      try {
        await expect(encoder.encode(fresh())).rejects.toMatchObject({ code: "TIMEOUT", retryable: true });
        expect(await encoder.health()).toMatchObject({ state: "down", remote: { lastFailure: { code: "TIMEOUT" } } });
      } finally {
        process.kill(triton.server.pid, "SIGCONT");
      }
      await expect.poll(() => works(encoder), TIMES).toBe(true);
    });

    test("a caller that gives up does not wait for one that hangs", async () => {
      const encoder = await open();
      await encoder.warmUp();
      pauseProcess(triton.server.pid);
      try {
        const gone = new AbortController();
        const call = encoder.encode(fresh(), { signal: gone.signal });
        setTimeout(() => gone.abort(), 100);
        await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
      } finally {
        process.kill(triton.server.pid, "SIGCONT");
      }
      expect(await works(encoder)).toBe(true);
    });
  });

  describe("of a model's process", () => {
    const ready = async () => (await fetch(`${triton.server.url}/v2/models/${SHIPPED_IMAGE_MODEL}/ready`)).status;
    const killStubs = (count: number) => {
      const stubs = triton.server.stubs().filter(({ model }) => model === SHIPPED_IMAGE_MODEL);
      for (const { pid } of stubs.slice(0, count)) process.kill(pid, "SIGKILL");
    };

    test("killed: the server calls the model ready, the next call mends it", async () => {
      const encoder = await open();
      await encoder.warmUp();
      const known = await encoder.encode(view);
      killStubs(99);
      expect(await ready()).toBe(200);
      // Out of the cache: the dead model seems to answer.
      expect(await encoder.encode(view)).toEqual(known);
      expect(await encoder.encode(fresh())).toHaveLength(1);
      expect(notices.at(-1)).toMatch(/efficientnet-lite0 at .* had died and was loaded anew/);
    });

    test("killed under an ensemble: its callers are told so, and nothing of that is kept as an answer", async () => {
      const control = createTritonControl(triton.connect());
      await control.load(ENSEMBLE);
      const file = await readFile(join(import.meta.dirname, "../../../seed/images/laptop.jpg"));
      const post = async () => {
        const reply = await fetch(`${triton.server.url}/v2/models/${ENSEMBLE}/infer`, {
          method: "POST",
          headers: { "inference-header-content-length": "0" },
          body: Uint8Array.from(file),
        });
        return `${reply.status} ${Buffer.from(await reply.arrayBuffer()).includes('"embedding"')}`;
      };
      expect(await post()).toBe("200 true");
      killStubs(99);
      expect([await post(), await post()]).toEqual(["500 false", "500 false"]);
      await control.unload(SHIPPED_IMAGE_MODEL);
      await control.load(ENSEMBLE);
      expect([await post(), await post()]).toEqual(["200 true", "200 true"]);
      await control.unload(ENSEMBLE);
    });

    test("one of several killed: no call of many fails", async () => {
      const encoder = await open();
      await encoder.warmUp();
      killStubs(1);
      const calls = await Promise.all(Array.from({ length: 24 }, () => encoder.encode(fresh())));
      expect(calls.every((encodings) => encodings.length === 1)).toBe(true);
    });

    test("killed while nobody asks: the health check finds out and mends it", async () => {
      const encoder = await open();
      await encoder.warmUp();
      killStubs(99);
      expect(await encoder.health()).toMatchObject({ state: "ready" });
    });

    test("dying over and over: it is left alone after a few times, until somebody loads it", async () => {
      const encoder = await open();
      for (let round = 0; round < 4; round++) {
        killStubs(99);
        expect(await encoder.encode(fresh())).toHaveLength(1);
      }
      killStubs(99);
      await expect(encoder.encode(fresh())).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
      const health = await encoder.health();
      expect(health).toMatchObject({ state: "down" });
      expect(health.detail).toMatch(/had to be loaded 4 times within 5 minutes and is left alone for now/);
      const control = createTritonControl(triton.connect());
      await control.unload(SHIPPED_IMAGE_MODEL);
      await control.load(SHIPPED_IMAGE_MODEL);
      expect(await encoder.encode(fresh())).toHaveLength(1);
    });

    test("unloaded by hand: it is loaded again when it is needed", async () => {
      const encoder = await open();
      await encoder.warmUp();
      await createTritonControl(triton.connect()).unload(SHIPPED_IMAGE_MODEL);
      expect(await encoder.encode(fresh())).toHaveLength(1);
    });
  });

  describe("of the wrong model", () => {
    const refused = async (call: Promise<unknown>, words: RegExp) => {
      await expect(call).rejects.toMatchObject({ code: "SERVICE_MISMATCH", retryable: false });
      await expect(call).rejects.toThrow(words);
    };

    test("one that the server does not have is named, with those that it has", async () => {
      await refused(
        open({ model: "nobody" }),
        /has no model nobody; it has .*all-minilm-l6-v2, .*efficientnet-lite0, /,
      );
    });

    test("one that takes something else than views", async () => {
      await refused(open({ model: ENSEMBLE }), /takes no `views`.* Name another model in triton\.imageModel/);
      await refused(open({ model: SHIPPED_TEXT_MODEL }), /takes no `views`/);
      const text = await createTritonTextEncoder({
        server: triton.connect(),
        model: SHIPPED_IMAGE_MODEL,
        weights: WEIGHTS,
        folder: triton.data,
      });
      await refused(
        text.encode(["words"]),
        /it wants another input, `views` UINT8 .*max_tokens is not stated, not 256/,
      );
      await text.close();
    });

    test("other vectors, dimensions or an unclear fingerprint under the shipped name", async () => {
      const identity = await shippedImageEncoder(WEIGHTS);
      const control = createTritonControl(triton.connect());
      const serve = async (changed: Partial<typeof identity>, edit?: (config: string) => string) => {
        await rename(`${triton.repository}/${SHIPPED_IMAGE_MODEL}`, `${triton.repository}/shipped`);
        try {
          await copyModel(triton.repository, "shipped", SHIPPED_IMAGE_MODEL, { ...identity, ...changed }, (config) =>
            (edit?.(config) ?? config).replace('name: "shipped"', `name: "${SHIPPED_IMAGE_MODEL}"`),
          );
          await control.load(SHIPPED_IMAGE_MODEL);
          const encoder = await open();
          return await encoder.encode(fresh()).then(
            () => "it was taken",
            (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
          );
        } finally {
          await rm(`${triton.repository}/${SHIPPED_IMAGE_MODEL}`, { recursive: true });
          await rename(`${triton.repository}/shipped`, `${triton.repository}/${SHIPPED_IMAGE_MODEL}`);
          await control.load(SHIPPED_IMAGE_MODEL);
        }
      };
      expect(await serve({ precision: "int8" })).toMatch(
        /^SERVICE_MISMATCH: .*makes vectors of efficientnet-lite0-int8-1280-.*, and those in use are of efficientnet-lite0-fp16w/,
      );
      expect(await serve({}, (config) => setParameter(config, "weights_sha256", "0".repeat(64)))).toMatch(
        /^SERVICE_MISMATCH: .*state the fingerprint efficientnet-lite0-fp16w-1280-\w+, but make/,
      );
      expect(await serve({}, (config) => config.replace("dims: 1280", "dims: 640"))).toMatch(
        /^SERVICE_MISMATCH: .*its output is `embedding` FP32 \[-1, 640\], not `embedding` FP32 \[-1, 1280\]/,
      );
      expect(await serve({})).toBe("it was taken");
    });
  });

  describe("a model other than the shipped one", () => {
    test("is asked what its vectors are, and that is remembered for a start without the server", async () => {
      const identity = { ...(await shippedImageEncoder(WEIGHTS)), model: "lite0-of-the-shop", precision: "fp32" };
      await copyModel(triton.repository, SHIPPED_IMAGE_MODEL, "shop", identity);
      const encoder = await open({ model: "shop" });
      expect(encoder).toMatchObject({ fingerprint: fingerprint(identity), dimensions: 1280, inputSize: 224 });
      expect(await encoder.encode(view)).toHaveLength(1);

      await triton.server.kill();
      const later = await open({ model: "shop" });
      expect(later).toMatchObject({ fingerprint: fingerprint(identity), dimensions: 1280, inputSize: 224 });
      expect(notices.at(-1)).toMatch(/shop is taken to be what it was: Triton at .* is not reachable/);
      await expect(later.encode(view)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
      const never = open({ model: "never-seen" });
      await expect(never).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
      await expect(never).rejects.toThrow(
        /vectors of never-seen are is not known yet: start once while Triton runs with it/,
      );

      await triton.restart();
      expect(await later.encode(view)).toHaveLength(1);
    });
  });
});
