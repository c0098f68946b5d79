import { once } from "node:events";
import { ShelfmatchError } from "../../../../shared/errors.ts";
import type { EngineFactory } from "../../hosted-engine.ts";
import { hostOrFind } from "../../hosted-engine.ts";
import { type Profile, profileOverride } from "../arguments.ts";
import { EXIT, failureBody } from "../failure.ts";
import { type Io, printJson, printLine, say } from "../io.ts";
import { inProcess } from "../session.ts";
import { openBrowser } from "./open-browser.ts";
import { importSample } from "./sample.ts";

export interface ServeOptions {
  dataFolder: string;
  host?: string;
  port?: number;
  profile?: Profile | undefined;
  json: boolean;
  /** Opens the pages in the browser. */
  open: boolean;
  /** Puts the sample catalogue into a new data folder. */
  sample: boolean;
  createEngine?: EngineFactory;
}

async function announce(io: Io, { json, open }: ServeOptions, url: string): Promise<void> {
  await (json ? printJson(io, { url }) : printLine(io, `Shelfmatch is at ${url}`));
  if (open) openBrowser(url, io.env);
}

/** Runs the web host until Ctrl-C. @throws ShelfmatchError ENGINE_RUNNING, SETTINGS_INVALID */
export async function serve(io: Io, options: ServeOptions): Promise<number> {
  const { dataFolder, host, port, profile, createEngine } = options;
  const overrides = {
    ...(host === undefined ? {} : { "server.host": host }),
    ...(port === undefined ? {} : { "server.port": port }),
    ...profileOverride(profile),
  };
  const found = await hostOrFind({
    ...{ dataFolder, env: io.env, overrides, serves: true, onNotice: (message: string) => say(io, message) },
    ...(createEngine === undefined ? {} : { createEngine }),
  });
  if (found.kind === "running") {
    const { pid, endpoint, serves } = found.engine;
    if (serves && Object.keys(overrides).length === 0) {
      await announce(io, options, endpoint);
      return EXIT.ok;
    }
    const what = serves ? `is served at ${endpoint} already` : "is being used by another Shelfmatch command";
    const message = `${dataFolder} ${what} (process ${pid}). End that one first, or name another folder with --data.`;
    throw new ShelfmatchError("ENGINE_RUNNING", message, { details: { pid, endpoint } });
  }
  const { engine } = found;
  try {
    await announce(io, options, engine.url);
    if (options.sample) {
      importSample(inProcess(engine), io.signal)
        .then((products) => {
          if (products !== null) say(io, `The sample catalogue is in: ${products} products.`);
        })
        .catch((error: unknown) => {
          if (!io.signal.aborted) say(io, `The sample catalogue did not go in: ${failureBody(error).message}`);
        });
    }
    if (!io.signal.aborted) await once(io.signal, "abort");
  } finally {
    await engine.close();
  }
  return EXIT.ok;
}
