// A tritonserver for tests that are not JavaScript: `node serve-triton.mjs REPOSITORY MODEL...` writes one line of JSON
// (`url`, `pid`, or `missing`: why there is none here) and serves until its standard input ends. `stubs` on a line of
// the input asks for the processes that run Python models.
import { createInterface } from "node:readline";
import { prepareTriton, startTriton } from "./triton.mjs";

const [repository = "", ...models] = process.argv.slice(2);
/** @param {object} told */
const tell = (told) => process.stdout.write(`${JSON.stringify(told)}\n`);

const { install, missing } = prepareTriton();
if (install === null) tell({ missing });
else {
  const server = await startTriton(install, { repository, models });
  try {
    tell({ url: server.url, pid: server.pid });
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === "stubs") tell({ stubs: server.stubs() });
      if (line === "log") tell({ log: server.log() });
    }
  } finally {
    await server.stop();
  }
}
