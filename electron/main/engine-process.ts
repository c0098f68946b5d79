import { type ChildProcess, fork } from "node:child_process";
import type { EngineState } from "../../shared/desktop/calls.ts";
import type { FromEngine, ToEngine } from "../../shared/desktop/engine-messages.ts";
import { backOffMs } from "./back-off.ts";
import type { Log } from "./log.ts";

/** The engine, as a process of its own: started, watched, and started again whenever it ends. */
export interface EngineProcess {
  readonly state: EngineState;
  /** Address and token of its web host; null while it is not ready. */
  readonly host: { endpoint: string; token: string } | null;
  /** Where its data lies; null until it was ready once. */
  readonly dataFolder: string | null;
  onState(listener: (state: EngineState) => void): void;
  onData(listener: (message: Extract<FromEngine, { kind: "data" }>) => void): void;
  /** Lost where there is no engine to hear it. */
  send(message: ToEngine): void;
  /** Ends it in order and starts it with these arguments. */
  restart(args: readonly string[]): Promise<void>;
  /** Ends it in order, for good. */
  stop(): Promise<void>;
}

export interface EngineProcessOptions {
  node: string;
  script: string;
  home: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** What the desktop does with it. */
  log: Log;
  /** What the engine says beside its answers. */
  output: Log;
}

/** An engine that lasted so long had started well: its end is the first of a new row. */
const LASTED_MS = 30_000;
const STOP_MS = 8_000;

/** Variables that steer Electron and Node, and not the engine. */
function engineEnv(env: EngineProcessOptions["env"]): NodeJS.ProcessEnv {
  const foreign = /^(ELECTRON_|NODE_OPTIONS$|CHROME_)/;
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name))),
    ORT_DISABLE_TELEMETRY: "1",
  };
}

export function startEngine(options: EngineProcessOptions): EngineProcess {
  const { log, output } = options;
  const stateListeners: ((state: EngineState) => void)[] = [];
  const dataListeners: ((message: Extract<FromEngine, { kind: "data" }>) => void)[] = [];
  let state: EngineState = { kind: "starting" };
  let host: EngineProcess["host"] = null;
  let dataFolder: string | null = null;
  let child: ChildProcess | null = null;
  let args = options.args;
  let failures = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | null = null;

  function setState(next: EngineState): void {
    state = next;
    for (const listener of stateListeners) listener(next);
  }

  function start(): void {
    timer = null;
    const startedAt = Date.now();
    const engine = fork(options.script, [...args], {
      execPath: options.node,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      // JSON would turn bytes into objects of numbered keys.
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      cwd: options.home,
      env: engineEnv(options.env),
    });
    child = engine;
    let ended = false;
    let reason: Extract<FromEngine, { kind: "failed" }> | null = null;
    engine.stdout?.on("data", (chunk: Buffer) => output.raw(chunk));
    engine.stderr?.on("data", (chunk: Buffer) => output.raw(chunk));
    engine.on("message", (raw) => {
      const message = raw as FromEngine;
      if (message.kind === "data") for (const listener of dataListeners) listener(message);
      else if (message.kind === "failed") reason = message;
      else {
        const { endpoint, token, attached } = message;
        log.line(`The engine is ready after ${Date.now() - startedAt} ms${attached ? ", another program's" : ""}.`);
        host = { endpoint, token };
        dataFolder = message.dataFolder;
        setState({ kind: "ready", address: endpoint });
      }
    });
    const onEnd = (what: string) => {
      if (ended) return;
      ended = true;
      host = null;
      child = null;
      if (stopping) return;
      failures = Date.now() - startedAt > LASTED_MS ? 1 : failures + 1;
      const wait = backOffMs(failures);
      log.line(`The engine ended (${what}). It is started again in ${wait} ms.`);
      if (reason === null) setState({ kind: "gone" });
      else setState({ kind: "failed", code: reason.code, message: reason.message });
      timer = setTimeout(start, wait);
    };
    engine.on("exit", (code, signal) => onEnd(`exit code ${code}, signal ${signal}`));
    engine.on("error", (error) => {
      // A message to an engine that has just ended; its end is heard as well.
      log.line(`The engine: ${error.message}`);
      if (engine.pid === undefined) onEnd(error.message);
    });
  }

  async function end(): Promise<void> {
    stopping = true;
    if (timer !== null) clearTimeout(timer);
    const engine = child;
    if (engine === null) return;
    const exited = new Promise<void>((resolve) => engine.once("exit", () => resolve()));
    if (engine.connected) engine.send({ kind: "stop" } satisfies ToEngine);
    else engine.kill("SIGTERM");
    const force = setTimeout(() => engine.kill("SIGKILL"), STOP_MS);
    await exited;
    clearTimeout(force);
  }

  start();
  return {
    get state() {
      return state;
    },
    get host() {
      return host;
    },
    get dataFolder() {
      return dataFolder;
    },
    onState: (listener) => void stateListeners.push(listener),
    onData: (listener) => void dataListeners.push(listener),
    send(message) {
      if (child?.connected) child.send(message);
    },
    async restart(next) {
      args = next;
      setState({ kind: "gone" });
      await end();
      stopping = false;
      failures = 0;
      start();
    },
    stop: end,
  };
}
