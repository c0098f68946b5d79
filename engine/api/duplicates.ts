import { os } from "./base.ts";

export const duplicatesRouter = os.duplicates.router({
  search: os.duplicates.search.handler(({ context }) => context.services.duplicates.search()),
  state: os.duplicates.state.handler(({ context }) => context.services.duplicates.state()),
  cancel: os.duplicates.cancel.handler(({ context }) => context.services.duplicates.cancel()),
  list: os.duplicates.list.handler(({ input, context }) => context.services.duplicates.list(input)),
  of: os.duplicates.of.handler(({ input, context, signal }) => context.services.duplicates.of(input.sku, signal)),
  merge: os.duplicates.merge.handler(({ input, context }) => context.services.duplicates.merge(input.into, input.from)),
  distinct: os.duplicates.distinct.handler(async ({ input, context }) => ({
    decision: await context.services.duplicates.distinct(input.skus),
  })),
  variants: os.duplicates.variants.handler(({ input, context }) => context.services.duplicates.variants(input.skus)),
  apart: os.duplicates.apart.handler(async ({ input: { sku }, context }) => {
    await context.services.duplicates.apart(sku);
    return { sku };
  }),
  group: os.duplicates.group.handler(({ input, context }) => context.services.duplicates.group(input.sku)),
  decisions: os.duplicates.decisions.handler(({ context }) => context.services.duplicates.decisions()),
  undo: os.duplicates.undo.handler(async ({ input, context }) => ({
    skus: await context.services.duplicates.undo(input.id),
  })),
});
