import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedViews, WEIGHTS } from "../contract.ts";
import type { ImageEncoder } from "../port.ts";
import { SHIPPED_IMAGE_MODEL } from "../shipped.ts";
import { createTritonImageEncoder } from "./image-encoder.ts";
import { NO_OWN_TRITON, type OwnTritonFixture, startOwnTriton } from "./testing/fixture.ts";
import { startProxy } from "./testing/proxy.ts";

/** A real Triton behind something that changes what it says: a broken proxy, or a server that is none of ours. */
describe.skipIf(NO_OWN_TRITON !== "")(`odd answers of Triton${NO_OWN_TRITON}`, () => {
  let triton: OwnTritonFixture;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let view: Uint8Array[];
  beforeAll(async () => {
    triton = await startOwnTriton([SHIPPED_IMAGE_MODEL]);
    proxy = await startProxy(triton.server.url);
    view = await seedViews("images/laptop.jpg");
  }, 180_000);
  afterAll(async () => {
    await proxy.close();
    await triton.stop();
  });

  async function withEncoder<T>(use: (encoder: ImageEncoder) => Promise<T>, deadlineMs = 20_000): Promise<T> {
    const server = triton.connect({ url: proxy.url, deadlineMs });
    const encoder = await createTritonImageEncoder({
      server,
      model: SHIPPED_IMAGE_MODEL,
      weights: WEIGHTS,
      folder: triton.data,
    });
    try {
      return await use(encoder);
    } finally {
      proxy.inferences(null);
      await encoder.close();
      await server.close();
    }
  }

  /** A whole reply with `embedding` of `width` values, all of them `value`. */
  function reply(width: number, value: number, change: (header: { outputs: object[] }) => void = () => {}): Buffer[] {
    const data = Buffer.from(new Float32Array(width).fill(value).buffer);
    const output = {
      name: "embedding",
      datatype: "FP32",
      shape: [1, width],
      parameters: { binary_data_size: data.length },
    };
    const header = { model_name: SHIPPED_IMAGE_MODEL, model_version: "1", outputs: [output] };
    change(header);
    return [Buffer.from(JSON.stringify(header)), data];
  }
  const send = (status: number, headers: Record<string, string>, ...parts: Buffer[]) => {
    return (incoming: IncomingMessage, outgoing: ServerResponse) => {
      incoming.resume();
      incoming.on("end", () => outgoing.writeHead(status, headers).end(Buffer.concat(parts)));
    };
  };
  const binary = ([header = Buffer.alloc(0), data = Buffer.alloc(0)]: Buffer[], length = header.length) =>
    send(200, { "inference-header-content-length": String(length) }, header, data);
  const text = (status: number, body: string, headers: Record<string, string> = {}) =>
    send(status, headers, Buffer.from(body));

  test.each([
    ["a page of some other program", text(200, "<html>It works!</html>"), "SERVICE_BAD_ANSWER", /has no JSON/],
    ["JSON of something else", text(200, '{"hello":"world"}'), "SERVICE_BAD_ANSWER", /is no inference reply/],
    ["nothing", text(200, ""), "SERVICE_BAD_ANSWER", /can't have/],
    ["a header longer than the reply", binary(reply(1280, 0.5), 99_999), "SERVICE_BAD_ANSWER", /can't have 99999/],
    ["a header that is cut", binary(reply(1280, 0.5), 40), "SERVICE_BAD_ANSWER", /has no JSON/],
    [
      "fewer bytes than stated",
      binary(reply(1280, 0.5).map((b, n) => (n ? b.subarray(9) : b))),
      "SERVICE_BAD_ANSWER",
      /ends within/,
    ],
    [
      "another dimension",
      binary(reply(640, 0.04)),
      "SERVICE_BAD_ANSWER",
      /came as FP32 \[1, 640\], not as FP32 \[1, 1280\]/,
    ],
    ["values that are no numbers", binary(reply(1280, Number.NaN)), "SERVICE_BAD_ANSWER", /values that are no numbers/],
    ["vectors that are not normalised", binary(reply(1280, 0.5)), "SERVICE_BAD_ANSWER", /has the length 17\.88/],
    [
      "no tensors, twice",
      binary([Buffer.from('{"model_version":"1","outputs":[]}')]),
      "SERVICE_BAD_ANSWER",
      /came not at all/,
    ],
    ["a gateway's error page", text(502, "<html>Bad Gateway</html>"), "SERVICE_UNAVAILABLE", /answered 502: <html>/],
    [
      "an error of the model",
      text(500, '{"error":"out of memory\\nat line 1"}'),
      "SERVICE_UNAVAILABLE",
      /500: out of memory\. See/,
    ],
    [
      "a request that is refused",
      text(400, '{"error":"unexpected shape"}'),
      "SERVICE_MISMATCH",
      /400: unexpected shape/,
    ],
    [
      "credentials that are refused",
      text(401, "who are you?"),
      "SERVICE_DENIED",
      /password that it wants into triton\.url/,
    ],
    ["too many requests", text(503, '{"error":"Exceeds maximum queue size"}'), "BUSY", /more requests waiting/],
    [
      "a wait in the queue that was too long",
      text(503, '{"error":"Request timeout expired"}'),
      "TIMEOUT",
      /overloaded/,
    ],
  ] as const)("%s is told as what it is", async (_, answer, code, words) => {
    await withEncoder(async (encoder) => {
      await encoder.warmUp();
      proxy.inferences(answer);
      const call = encoder.encode(view);
      await expect(call).rejects.toMatchObject({ code });
      await expect(call).rejects.toThrow(words);
      proxy.inferences(null);
      expect(await encoder.encode(view)).toHaveLength(1);
    });
  });

  test("a connection that breaks off is tried once more", async () => {
    await withEncoder(async (encoder) => {
      await encoder.warmUp();
      let broken = 0;
      proxy.inferences((incoming) => {
        broken++;
        proxy.inferences(null);
        incoming.socket.destroy();
      });
      expect(await encoder.encode(view)).toHaveLength(1);
      expect(broken).toBe(1);
      proxy.inferences((incoming) => void incoming.socket.destroy());
      await expect(encoder.encode(view)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    });
  });

  test("an answer that never ends is given up at the deadline", async () => {
    await withEncoder(async (encoder) => {
      await encoder.warmUp();
      proxy.inferences((_, outgoing) => outgoing.writeHead(200).write("{"));
      await expect(encoder.encode(view)).rejects.toMatchObject({ code: "TIMEOUT" });
    }, 1_000);
  });

  test("a caller that gives up ends the request that runs for it alone", async () => {
    await withEncoder(async (encoder) => {
      await encoder.warmUp();
      const arrived = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      proxy.inferences((incoming) => {
        incoming.resume();
        incoming.socket.once("close", () => ended.resolve());
        arrived.resolve();
      });
      const gone = new AbortController();
      const call = encoder.encode(view, { signal: gone.signal });
      await arrived.promise;
      gone.abort();
      await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
      await ended.promise;
    });
  });

  test("faults in a row open the breaker, which then refuses at once", async () => {
    await withEncoder(async (encoder) => {
      await encoder.warmUp();
      proxy.inferences(text(502, "no"));
      for (let n = 0; n < 5; n++) await expect(encoder.encode(view)).rejects.toThrow(/answered 502/);
      await expect(encoder.encode(view)).rejects.toThrow(/failed several times in a row/);
      proxy.inferences(null);
      expect(await encoder.health()).toMatchObject({ state: "ready", remote: { breaker: "open", failures: 5 } });
      await expect.poll(() => encoder.encode(view).catch(() => null), { timeout: 60_000 }).toHaveLength(1);
      expect((await encoder.health()).remote).toMatchObject({ breaker: "closed" });
    });
  });
});
