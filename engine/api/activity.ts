import { ShelfmatchError } from "../../shared/errors.ts";
import { os } from "./base.ts";

/** Started by whoever sits at the machine, and theirs to stop. */
const OWN = /^(stack-up|stack-down|move|backup|restore):/;

export const activityRouter = os.activity.router({
  list: os.activity.list.handler(({ context }) => context.services.activities.list()),
  watch: os.activity.watch.handler(async function* ({ context, signal }) {
    yield* context.services.activities.watch(signal);
  }),
  act: os.activity.act.handler(({ input, context }) => {
    const { local, sameMachine } = context.caller;
    if (!local && !sameMachine && OWN.test(input.id)) {
      throw new ShelfmatchError("FORBIDDEN", "Work on the machine itself is stopped from that machine only.");
    }
    return context.services.activities.act(input.id, input.action);
  }),
});
