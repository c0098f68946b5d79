import type { ComposeEvent, ServedModel, Service, StackStatus } from "../../../../shared/contract/stack.ts";
import { withoutSeeStack } from "../../../../shared/errors.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { printJson, printLine, say } from "../io.ts";
import type { Column } from "../table.ts";
import { printable, tableHead, tableRow } from "../table.ts";

const SERVICES: readonly Column[] = [
  { title: "service", width: 8 },
  { title: "state", width: 8 },
  { title: "runs", width: 18 },
  { title: "version", width: 9 },
  { title: "latency", width: 9, align: "right" },
  { title: "breaker", width: 9 },
  { title: "calls", width: 8, align: "right" },
  { title: "failed", width: 7, align: "right" },
  { title: "address", width: 40 },
];

const CONTAINERS: readonly Column[] = [
  { title: "container", width: 16 },
  { title: "state", width: 12 },
  { title: "health", width: 10 },
];

const MODELS: readonly Column[] = [
  { title: "model", width: 32 },
  { title: "version", width: 7 },
  { title: "state", width: 12 },
  { title: "inferences", width: 10, align: "right" },
  { title: "executions", width: 10, align: "right" },
  { title: "from cache", width: 10, align: "right" },
  { title: "average", width: 9, align: "right" },
];

const ms = (value: number | null) => (value === null ? "" : `${value.toFixed(1)} ms`);

function serviceRow(service: Service): string {
  const { name, state, parts, version, latencyMs, breaker, calls, failures, address } = service;
  const counts = [String(calls), String(failures)];
  return tableRow(SERVICES, [name, state, parts.join(", "), version ?? "", ms(latencyMs), breaker, ...counts, address]);
}

function* statusLines({ profile, services, docker, containers }: StackStatus): Generator<string> {
  yield `profile ${profile}`;
  if (services.length === 0) yield "Everything runs inside the app: there are no services.";
  else {
    yield "";
    yield tableHead(SERVICES);
    for (const service of services) yield serviceRow(service);
    for (const { name, state, detail } of services)
      if (state !== "ready") yield printable(`${name}: ${withoutSeeStack(detail)}`);
  }
  yield "";
  yield printable(`Docker ${docker.state}: ${docker.detail}${docker.gpu ? ", with an NVIDIA GPU" : ""}`);
  if (containers.length === 0) return;
  yield "";
  yield tableHead(CONTAINERS);
  for (const { service, state, health, exitCode } of containers) {
    yield tableRow(CONTAINERS, [service, state === "exited" ? `exited (${exitCode})` : state, health]);
  }
}

/** @returns the exit code: 1 where a service is down */
export async function stackStatus({ io, session, json }: Run): Promise<number> {
  const status = await session.client.stack.status(undefined, { signal: io.signal });
  if (json) await printJson(io, status);
  else for (const line of statusLines(status)) await printLine(io, line);
  return status.services.some(({ state }) => state === "down") ? EXIT.failed : EXIT.ok;
}

/** What Compose says goes to stderr as it comes; the end is the one line on stdout. */
async function follow({ io, json }: Run, events: AsyncIterable<ComposeEvent>, ended: string): Promise<number> {
  for await (const event of events) {
    if (event.kind === "line") say(io, event.text);
    else if (json) await printJson(io, event);
    else await printLine(io, `${ended} (${event.seconds} s)`);
  }
  return EXIT.ok;
}

export async function composeUp(run: Run, accelerator: "cpu" | "gpu" | undefined): Promise<number> {
  const { io, session } = run;
  const input = accelerator === undefined ? {} : { accelerator };
  return follow(run, await session.client.stack.up(input, { signal: io.signal }), "The services run.");
}

export async function composeDown(run: Run): Promise<number> {
  const { io, session } = run;
  return follow(run, await session.client.stack.down(undefined, { signal: io.signal }), "The services are stopped.");
}

async function printModels({ io, json }: Run, models: readonly ServedModel[]): Promise<void> {
  if (!json) await printLine(io, tableHead(MODELS));
  for (const model of models) {
    const { name, version, state, reason, inferences, executions, cacheHits, averageMs } = model;
    const counts = [inferences, executions, cacheHits].map((count) => (count === null ? "" : String(count)));
    if (json) await printJson(io, model);
    else {
      await printLine(io, tableRow(MODELS, [name, version, state || "not loaded", ...counts, ms(averageMs)]));
      if (reason !== "") await printLine(io, printable(`  ${reason}`));
    }
  }
}

/** One line a model. @throws ShelfmatchError INVALID_INPUT where no Triton is in use */
export async function listModels(run: Run): Promise<number> {
  await printModels(run, await run.session.client.stack.models(undefined, { signal: run.io.signal }));
  return EXIT.ok;
}

/** @throws ShelfmatchError INVALID_INPUT where no Triton is in use; SERVICE_* where it refuses */
export async function changeModel(run: Run, change: "loadModel" | "unloadModel", name: string): Promise<number> {
  await printModels(run, await run.session.client.stack[change]({ name }, { signal: run.io.signal }));
  return EXIT.ok;
}
