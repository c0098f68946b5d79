import { afterAll, beforeAll, describe } from "vitest";
import { exportMissing } from "../scripts/servers/exported.mjs";
import { prepareTriton } from "../scripts/servers/triton.mjs";
import { describeDescriber } from "./describe/contract.ts";
import { describeTheEngineWith } from "./testing/described-cases.ts";
import { DescribedServer } from "./testing/described-server.ts";
import { describeTritonsDescriber } from "./testing/describer-cases.ts";

/**
 * Pictures described by a real Triton that serves the model `describe`, at reduced size with weights at random: its
 * answers follow the schema, its words mean nothing. What is proved is the way from a photo to words and back. One
 * server for all of it: making the model takes longer than most of what is asked of it.
 */

const missing = exportMissing() ?? prepareTriton().missing;

describe.skipIf(missing !== null)(`described by Triton${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  const server = new DescribedServer();
  beforeAll(() => server.open(), 600_000);
  afterAll(() => server.close());

  describeDescriber("triton", async () => server.openDescriber());
  describeTritonsDescriber(server);
  // Last: a server that is started again inherits what this process holds open.
  describeTheEngineWith(server);
});
