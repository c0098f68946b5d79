import type { ExportEvent } from "../../shared/contract/exports.ts";
import { os } from "./base.ts";
import { assertOwnPath } from "./own-path.ts";

const progressOf = (event: ExportEvent) =>
  event.kind === "progress" ? { done: event.done, total: event.total } : null;

export const exportsRouter = os.exports.router({
  make: os.exports.make.handler(async function* ({ input, context, signal }) {
    if (input.path !== undefined) assertOwnPath(context.caller, input.path);
    const { activities, exporter } = context.services;
    yield* activities.follow("export", (until) => exporter.make(input, until), { progressOf, signal });
  }),
  file: os.exports.file.handler(({ input, context }) => context.services.exporter.file(input.id)),
});
