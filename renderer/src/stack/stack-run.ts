import type { StackStatus } from "../../../shared/contract/stack.ts";
import { client } from "../lib/client.ts";
import { type Problem, toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";
import {
  beginCompose,
  beginMove,
  type ComposeRun,
  ended,
  type MoveRun,
  withComposeEvent,
  withMoveEvent,
} from "./run-state.ts";
import { isBusy, useStackWork } from "./stack-store.ts";

/** Compose commands and moves: they go on when the page is left, and there is one at a time. */

let running: AbortController | null = null;

/** The engine stops what nobody listens to any more: closing the window would leave it half done. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

async function follow<T>(
  start: (options: { signal: AbortSignal }) => Promise<AsyncIterable<T>>,
  onEvent: (event: T) => void,
  onEnd: (problem: Problem | null) => void,
): Promise<void> {
  running = new AbortController();
  const { signal } = running;
  addEventListener("beforeunload", warn);
  try {
    for await (const event of await start({ signal })) onEvent(event);
    onEnd(null);
  } catch (error) {
    onEnd(signal.aborted ? toProblem(signal.reason) : toProblem(error));
  } finally {
    removeEventListener("beforeunload", warn);
    running = null;
  }
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: api.stack.key() }),
    queryClient.invalidateQueries({ queryKey: api.system.key() }),
  ]);
}

const changeCompose = (change: (run: ComposeRun) => ComposeRun) =>
  useStackWork.setState(({ compose }) => (compose === null ? {} : { compose: change(compose) }));

const changeMove = (change: (run: MoveRun) => MoveRun) =>
  useStackWork.setState(({ move }) => (move === null ? {} : { move: change(move) }));

async function runCompose(
  what: ComposeRun["what"],
  start: Parameters<typeof follow<Parameters<typeof withComposeEvent>[1]>>[0],
): Promise<void> {
  if (isBusy(useStackWork.getState())) return;
  useStackWork.setState({ compose: beginCompose(what) });
  await follow(
    start,
    (event) => changeCompose((run) => withComposeEvent(run, event)),
    (problem) => changeCompose((run) => ended(run, problem)),
  );
}

export function startServices(accelerator: "cpu" | "gpu"): Promise<void> {
  return runCompose("up", (options) => client.stack.up({ accelerator }, options));
}

export function stopServices(): Promise<void> {
  return runCompose("down", (options) => client.stack.down(undefined, options));
}

/** @param replace deletes there what this catalogue does not have; such products refuse the move otherwise */
export async function startMove(to: StackStatus["profile"], replace: boolean): Promise<void> {
  if (isBusy(useStackWork.getState())) return;
  useStackWork.setState({ move: beginMove(to) });
  await follow(
    (options) => client.stack.move({ to, replace }, options),
    (event) => changeMove((run) => withMoveEvent(run, event)),
    (problem) => changeMove((run) => ended(run, problem)),
  );
}

/** What is done already stays done; either can be started again. */
export function stopWork(): void {
  running?.abort();
}
