import { MessageChannel, type MessagePort } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { StandardRPCLink } from "@orpc/client/standard";
import { ORPCError, os, type RouterClient } from "@orpc/server";
import { StandardRPCHandler } from "@orpc/server/standard";
import { createServerPeerHandleRequestFn } from "@orpc/server/standard-peer";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { WINDOW } from "../../../shared/port/data.ts";
import { callOver, type PortCaller } from "../../../shared/port/link.ts";
import { type PortServer, serveOver } from "../../../shared/port/serve.ts";

const aborted = vi.fn();
let made = 0;
const never = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => {
      aborted();
      reject(signal.reason);
    });
  });
const router = {
  echo: os.input(z.object({ text: z.string() })).handler(({ input }) => input.text),
  file: os
    .input(z.object({ picture: z.file() }))
    .handler(async ({ input: { picture } }) => new File([await picture.bytes()], `back-${picture.name}`)),
  hang: os.handler(({ signal }) => never(signal)),
  fail: os.handler(() => {
    throw new ORPCError("DISK_FULL", { message: "No room.", data: { retryable: false } });
  }),
  count: os.input(z.object({ to: z.number() })).handler(async function* ({ input }) {
    for (let i = 0; i < input.to; i++) {
      made += 1;
      yield i;
    }
  }),
  endless: os.handler(async function* ({ signal }) {
    yield 1;
    await never(signal);
  }),
};

let ports: { port1: MessagePort; port2: MessagePort };
let caller: PortCaller;
let server: PortServer;
let client: RouterClient<typeof router>;
let deaf: boolean;
const faults = vi.fn();
const malformed = vi.fn();

beforeEach(() => {
  for (const mock of [aborted, faults, malformed]) mock.mockReset();
  made = 0;
  deaf = false;
  ports = new MessageChannel();
  const { port1, port2 } = ports;
  caller = callOver((data) => port1.postMessage(data), malformed);
  server = serveOver({
    send: async (data) => port2.postMessage(data),
    handle: createServerPeerHandleRequestFn(new StandardRPCHandler(router), { context: {} }),
    onFault: faults,
  });
  port1.on("message", (data) => deaf || caller.receive(data));
  port2.on("message", (data) => server.receive(data));
  client = createORPCClient(new StandardRPCLink(caller, { url: "http://orpc" }));
});
afterEach(() => {
  ports.port1.close();
});

it("carries calls, errors of the contract, and what is no call", async () => {
  expect(await client.echo({ text: "shelf" })).toBe("shelf");
  await expect(client.fail()).rejects.toMatchObject({ code: "DISK_FULL", data: { retryable: false } });
  await expect(client.echo({ text: 1 } as never)).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

it("carries files both ways, to the byte", async () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 256);
  const back = await client.file({ picture: new File([bytes], "größe.jpg", { type: "image/jpeg" }) });
  expect(back.name).toBe("back-größe.jpg");
  expect(Buffer.from(await back.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
});

it("carries many calls at once", async () => {
  const texts = Array.from({ length: 200 }, (_, i) => `${i}`);
  expect(await Promise.all(texts.map((text) => client.echo({ text })))).toEqual(texts);
});

it("ends the work of a call that its caller gave up", async () => {
  const stop = new AbortController();
  const call = client.hang(undefined, { signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(call).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce());
});

it("ends calls and streams with ENGINE_GONE when the port closes, and refuses later ones at once", async () => {
  const stream = (await client.endless())[Symbol.asyncIterator]();
  expect(await stream.next()).toEqual({ value: 1, done: false });
  const gone = { code: "ENGINE_GONE", data: { retryable: true } };
  const hanging = expect(client.hang()).rejects.toMatchObject(gone);
  const streaming = expect(stream.next()).rejects.toMatchObject(gone);
  await new Promise((resolve) => setTimeout(resolve, 20));
  caller.close();
  await Promise.all([hanging, streaming]);
  await expect(client.echo({ text: "late" })).rejects.toMatchObject(gone);
});

it("ends the work of a page that went away", async () => {
  client.hang().catch(() => {});
  await vi.waitFor(() => expect(server).toBeDefined());
  await new Promise((resolve) => setTimeout(resolve, 20));
  server.close();
  await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce());
});

it.each([["{ half"], [new Uint8Array([255, 1, 2])], [{ i: 1 }], [null], ["[]"], ["1"]])(
  "outlives the message %j, on either side",
  async (message) => {
    ports.port1.postMessage(message);
    ports.port2.postMessage(message);
    expect(await client.echo({ text: "still there" })).toBe("still there");
    await vi.waitFor(() => expect(faults.mock.calls.length + malformed.mock.calls.length).toBeGreaterThan(0));
  },
);

it("holds a stream back where the page does not take it, and goes on when it does", async () => {
  const values: number[] = [];
  const many = 4 * WINDOW;
  const stream = await client.count({ to: many });
  deaf = true;
  const missed: unknown[] = [];
  ports.port1.on("message", (data) => deaf && missed.push(data));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(made).toBeLessThanOrEqual(WINDOW + 2);
  deaf = false;
  for (const data of missed) caller.receive(data);
  for await (const value of stream) values.push(value);
  expect(values).toEqual(Array.from({ length: many }, (_, i) => i));
});
