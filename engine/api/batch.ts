import { isAbsolute } from "node:path";
import type { BatchSummary } from "../../shared/contract/batch.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { mediaTypeOf } from "../picture/format.ts";
import { os } from "./base.ts";
import type { ApiContext } from "./context.ts";
import { spoolUpload } from "./spool.ts";

const TYPES = {
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

/** Where things lie on this machine is told on this machine alone. */
function told(context: ApiContext, summary: BatchSummary): BatchSummary {
  return context.caller.sameMachine ? summary : { ...summary, source: { ...summary.source, folder: null } };
}

export const batchRouter = os.batch.router({
  start: os.batch.start.handler(async ({ input: { files, paths, name }, context }) => {
    const spooled = await spoolUpload(context.uploadFolder, files, paths);
    const called = name === undefined || name === "" ? spooled.name : name;
    return told(context, await context.services.batches.startUpload(spooled.folder, called));
  }),
  startPath: os.batch.startPath.handler(async ({ input: { path, watch, name }, context }) => {
    if (!context.caller.local) {
      const message =
        "Paths of this machine are read for its own command line and desktop only. Upload the pictures instead.";
      throw new ShelfmatchError("FORBIDDEN", message);
    }
    if (!isAbsolute(path)) {
      const message = `The path ${path} is relative, and the engine runs in another folder than its caller. Send the whole path.`;
      throw new ShelfmatchError("INVALID_INPUT", message);
    }
    return told(context, await context.services.batches.startPath(path, { watch, name }));
  }),
  add: os.batch.add.handler(async ({ input: { id, files, paths }, context }) => {
    const spooled = await spoolUpload(context.uploadFolder, files, paths);
    return told(context, await context.services.batches.addUpload(id, spooled.folder));
  }),
  list: os.batch.list.handler(({ context }) => context.services.batches.list().map((one) => told(context, one))),
  get: os.batch.get.handler(({ input, context }) => told(context, context.services.batches.get(input.id))),
  watch: os.batch.watch.handler(async function* ({ input, context, signal }) {
    for await (const summary of context.services.batches.watch(input.id, signal)) yield told(context, summary);
  }),
  pause: os.batch.pause.handler(({ input, context }) => told(context, context.services.batches.pause(input.id))),
  resume: os.batch.resume.handler(({ input, context }) => told(context, context.services.batches.resume(input.id))),
  cancel: os.batch.cancel.handler(async ({ input, context }) =>
    told(context, await context.services.batches.cancel(input.id)),
  ),
  retry: os.batch.retry.handler(({ input, context }) =>
    told(context, context.services.batches.retry(input.id, input.items)),
  ),
  stopWatching: os.batch.stopWatching.handler(async ({ input, context }) =>
    told(context, await context.services.batches.stopWatching(input.id)),
  ),
  remove: os.batch.remove.handler(async ({ input: { id }, context }) => {
    await context.services.batches.remove(id);
    return { id };
  }),
  restore: os.batch.restore.handler(({ input, context }) => told(context, context.services.batches.restore(input.id))),
  order: os.batch.order.handler(({ input: { id, sort, ...filter }, context }) => ({
    items: context.services.batches.order(id, filter, sort),
  })),
  items: os.batch.items.handler(({ input, context }) => ({
    items: context.services.batches.items(input.id, input.items),
  })),
  item: os.batch.item.handler(({ input, context }) => context.services.batches.item(input.id, input.item)),
  products: os.batch.products.handler(({ input, context }) => context.services.batches.products(input.id)),
  picture: os.batch.picture.handler(async ({ input: { id, item, size }, context }) => {
    const { name, bytes } = await context.services.batches.picture(id, item, size);
    return new File([new Uint8Array(bytes)], name, { type: mediaTypeOf(bytes) });
  }),
  decide: os.batch.decide.handler(async ({ input: { id, items, answer, sku }, context }) => ({
    items: await context.services.batches.decide(id, items, answer, sku),
  })),
  undecide: os.batch.undecide.handler(async ({ input: { id, items }, context }) => ({
    items: await context.services.batches.undecide(id, items),
  })),
  export: os.batch.export.handler(async ({ input: { id, format }, context }) => {
    const { name, bytes } = await context.services.batches.export(id, format);
    return new File([new Uint8Array(bytes)], name, { type: TYPES[format] });
  }),
});
