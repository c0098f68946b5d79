import { os } from "./base.ts";

export const mapRouter = os.map.router({
  state: os.map.state.handler(({ input, context }) => context.services.mapper.state(input.kind)),
  make: os.map.make.handler(({ input, context }) => context.services.mapper.make(input.kind)),
  cancel: os.map.cancel.handler(({ input, context }) => context.services.mapper.cancel(input.kind)),
  points: os.map.points.handler(({ input, context }) => context.services.mapper.points(input.kind)),
  verdicts: os.map.verdicts.handler(({ context }) => context.services.mapper.verdicts()),
});
