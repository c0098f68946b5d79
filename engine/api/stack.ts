import type { MoveEvent } from "../../shared/contract/stack.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { os } from "./base.ts";
import type { Caller } from "./context.ts";

/** Containers, models and a whole catalogue's move are for whoever sits at the machine. */
function assertSameMachine({ local, sameMachine }: Caller): void {
  if (local || sameMachine) return;
  const message = "The stack is started, stopped and moved to from the machine that it runs on only.";
  throw new ShelfmatchError("FORBIDDEN", message);
}

const progressOf = (event: MoveEvent) => (event.kind === "progress" ? { done: event.done, total: event.total } : null);

export const stackRouter = os.stack.router({
  status: os.stack.status.handler(({ context }) => context.services.stack.status()),
  up: os.stack.up.handler(async function* ({ input, context, signal }) {
    assertSameMachine(context.caller);
    const { activities, stack } = context.services;
    const start = (until: AbortSignal) => stack.up(input.accelerator, until);
    yield* activities.follow("stack-up", start, { progressOf: () => null, signal });
  }),
  down: os.stack.down.handler(async function* ({ context, signal }) {
    assertSameMachine(context.caller);
    const { activities, stack } = context.services;
    yield* activities.follow("stack-down", (until) => stack.down(until), { progressOf: () => null, signal });
  }),
  models: os.stack.models.handler(({ context }) => context.services.stack.models()),
  loadModel: os.stack.loadModel.handler(({ input, context }) => {
    assertSameMachine(context.caller);
    return context.services.stack.loadModel(input.name);
  }),
  unloadModel: os.stack.unloadModel.handler(({ input, context }) => {
    assertSameMachine(context.caller);
    return context.services.stack.unloadModel(input.name);
  }),
  move: os.stack.move.handler(async function* ({ input, context, signal }) {
    assertSameMachine(context.caller);
    const { activities, stack } = context.services;
    yield* activities.follow("move", (until) => stack.move(input, until), { name: input.to, progressOf, signal });
  }),
});
