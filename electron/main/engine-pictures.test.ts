import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { enginePicture, isPictureAddress } from "./engine-pictures.ts";
import type { EngineProcess } from "./engine-process.ts";

const HASH = "a".repeat(64);
const RUN = "0b0d4c1e-6a0f-4d0e-9d5e-0c6f3f0a1b2c";

test.each([
  `/api/v1/pictures/${HASH}`,
  "/api/v1/examples/sneakers-turned.jpg",
  `/api/v1/runs/${RUN}/photo`,
  `/api/v1/evaluations/${RUN}/pictures/17`,
  `/api/v1/batches/${RUN}/items/17/picture`,
])("%s is a picture of the engine's", (path) => {
  expect(isPictureAddress(path)).toBe(true);
});

test.each([
  "/api/v1/products",
  `/api/v1/evaluations/${RUN}/export`,
  `/api/v1/evaluations/${RUN}/pictures/17/../../export`,
  `/api/v1/evaluations/../settings/pictures/1`,
  `/api/v1/batches/${RUN}/items/17`,
  `/api/v1/runs/${RUN}/photo/x`,
])("%s is not, and is no page's to fetch", (path) => {
  expect(isPictureAddress(path)).toBe(false);
});

test("a connection that the engine closes while it is taken up again costs no picture", async () => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    // The second one finds its connection closed under it.
    if (asked === 2) request.socket.destroy();
    else response.end("picture");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const engine = { host: { endpoint: `http://127.0.0.1:${port}`, token: "t" } } as EngineProcess;
  try {
    for (let time = 0; time < 2; time++) {
      const { status, body } = await enginePicture(engine, `/api/v1/pictures/${HASH}`, undefined);
      expect([status, String(await buffer(body))]).toEqual([200, "picture"]);
      // Back among the idle ones.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked).toBe(3);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
