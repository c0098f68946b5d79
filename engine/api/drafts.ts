import { os } from "./base.ts";

export const draftsRouter = os.drafts.router({
  status: os.drafts.status.handler(({ context }) => context.services.drafter.status()),
  list: os.drafts.list.handler(({ input, context }) => context.services.drafter.list(input)),
  start: os.drafts.start.handler(({ context }) => context.services.drafter.start()),
  watch: os.drafts.watch.handler(async function* ({ context, signal }) {
    yield* context.services.drafter.watch(signal);
  }),
  cancel: os.drafts.cancel.handler(({ context }) => context.services.drafter.cancel()),
  accept: os.drafts.accept.handler(({ input, context }) =>
    context.services.drafter.accept(input.sku, input.description),
  ),
  reject: os.drafts.reject.handler(async ({ input: { sku }, context }) => {
    await context.services.drafter.reject(sku);
    return { sku };
  }),
});
