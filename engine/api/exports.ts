import { os } from "./base.ts";
import { assertOwnPath } from "./own-path.ts";

export const exportsRouter = os.exports.router({
  make: os.exports.make.handler(async function* ({ input, context, signal }) {
    if (input.path !== undefined) assertOwnPath(context.caller, input.path);
    yield* context.services.exporter.make(input, signal);
  }),
  file: os.exports.file.handler(({ input, context }) => context.services.exporter.file(input.id)),
});
