import { Console } from "node:console";
import { parseArgs } from "node:util";
import type { FromEngine, ToEngine } from "../../../shared/desktop/engine-messages.ts";
import { isPortData, type PortData } from "../../../shared/port/data.ts";
import { type PortServer, serveOver } from "../../../shared/port/serve.ts";
import { defaultDataFolder } from "../../config/data-folder.ts";
import { importSample } from "../cli/commands/sample.ts";
import { failureBody, failureText } from "../cli/failure.ts";
import { inProcess } from "../cli/session.ts";
import { answers, hostOrReach } from "../hosted-engine.ts";
import { type Door, otherDoor, ownDoor } from "./doors.ts";

/**
 * The desktop's engine: a child of its main process, which relays each page's port to it. Ends with its parent. What it
 * writes to stderr goes into the desktop's logs.
 */

globalThis.console = new Console(process.stderr);
const say = (text: string) => process.stderr.write(`${text}\n`);

const { values } = parseArgs({ options: { data: { type: "string" }, sample: { type: "boolean", default: false } } });
const dataFolder = values.data ?? defaultDataFolder(process.env);
const stop = new AbortController();
const connections = new Map<number, PortServer>();
let close: () => Promise<void> = async () => {};

/** Resolves when it is on its way; also where there is no parent any more, for then nobody waits for it. */
function send(message: FromEngine): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}

async function end(exitCode: number): Promise<never> {
  stop.abort();
  for (const connection of connections.values()) connection.close();
  // What can't end must not keep the data folder.
  setTimeout(() => process.exit(exitCode), 5_000).unref();
  await close();
  process.exit(exitCode);
}

function connect(connection: number, handle: Door): PortServer {
  return serveOver({
    handle,
    send: (data: PortData) => send({ kind: "data", connection, data }),
    onFault: (error) => say(`A message of the page could not be answered: ${String(error)}`),
  });
}

function listen(door: Door): void {
  process.on("message", (message: ToEngine) => {
    switch (message.kind) {
      case "open":
        connections.set(message.connection, connect(message.connection, door));
        return;
      case "data":
        if (isPortData(message.data)) connections.get(message.connection)?.receive(message.data);
        return;
      case "close":
        connections.get(message.connection)?.close();
        connections.delete(message.connection);
        return;
      case "stop":
        void end(0);
    }
  });
}

process.on("disconnect", () => void end(0));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end(0));

try {
  const options = { dataFolder, env: process.env, serves: false, warmsUp: true, onNotice: say };
  const found = await hostOrReach(options, stop.signal);
  if (found.kind === "running") {
    const { endpoint, token } = found.engine;
    // Started anew, this process takes the folder over, or finds the next engine that has it.
    const onLost = async () => {
      if (!(await answers({ endpoint }))) await end(1);
    };
    listen(otherDoor(found.engine, () => void onLost()));
    await send({ kind: "ready", endpoint, token, dataFolder, attached: true });
  } else {
    const { engine } = found;
    close = engine.close;
    listen(ownDoor(engine));
    await send({ kind: "ready", endpoint: engine.url, token: engine.token, dataFolder, attached: false });
    if (values.sample) {
      importSample(inProcess(engine), stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) say(`The sample catalogue did not go in: ${failureBody(error).message}`);
      });
    }
  }
} catch (error) {
  say(failureText(error));
  const { code, message } = failureBody(error);
  await send({ kind: "failed", code, message });
  await end(1);
}
