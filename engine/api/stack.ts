import { ShelfmatchError } from "../../shared/errors.ts";
import { os } from "./base.ts";
import type { Caller } from "./context.ts";

/** Containers, models and a whole catalogue's move are for whoever sits at the machine. */
function assertSameMachine({ local, sameMachine }: Caller): void {
  if (local || sameMachine) return;
  const message = "The stack is started, stopped and moved to from the machine that it runs on only.";
  throw new ShelfmatchError("FORBIDDEN", message);
}

export const stackRouter = os.stack.router({
  status: os.stack.status.handler(({ context }) => context.services.stack.status()),
  up: os.stack.up.handler(async function* ({ input, context, signal }) {
    assertSameMachine(context.caller);
    yield* context.services.stack.up(input.accelerator, signal);
  }),
  down: os.stack.down.handler(async function* ({ context, signal }) {
    assertSameMachine(context.caller);
    yield* context.services.stack.down(signal);
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
    yield* context.services.stack.move(input, signal);
  }),
});
