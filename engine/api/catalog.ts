import { productQuerySchema } from "../../shared/contract/catalog.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { os } from "./base.ts";
import { defined, namedBytes } from "./inputs.ts";

const EXTENSIONS: Readonly<Record<string, string>> = { "image/jpeg": "jpg", "image/tiff": "tif" };

export const catalogRouter = os.catalog.router({
  list: os.catalog.list.handler(({ input, context }) => context.services.catalog.list(input)),
  get: os.catalog.get.handler(({ input, context }) => context.services.catalog.get(input.sku)),
  create: os.catalog.create.handler(async ({ input: { pictures = [], ...draft }, context }) =>
    context.services.editor.create(draft, await Promise.all(pictures.map(namedBytes))),
  ),
  update: os.catalog.update.handler(({ input: { sku, expected, ...changes }, context }) =>
    context.services.editor.update(sku, defined(changes), { expected }),
  ),
  skus: os.catalog.skus.handler(({ input: { offset, limit, ...query }, context }) =>
    context.services.catalog.skus(productQuerySchema.parse(query), { offset, limit }),
  ),
  similar: os.catalog.similar.handler(({ input, context, signal }) =>
    context.services.curator.similar(input.sku, input.top, signal),
  ),
  reindex: os.catalog.reindex.handler(({ input, context }) => context.services.editor.reindex(input.sku)),
  delete: os.catalog.delete.handler(async ({ input: { sku }, context }) => ({
    sku,
    bin: await context.services.editor.delete(sku),
  })),
  arrangePictures: os.catalog.arrangePictures.handler(({ input: { sku, hashes, expected }, context }) =>
    context.services.editor.arrangePictures(sku, hashes, { expected }),
  ),
  replacePicture: os.catalog.replacePicture.handler(async ({ input: { sku, hash, picture }, context }) =>
    context.services.editor.replacePicture(sku, hash, await namedBytes(picture)),
  ),
  cropPicture: os.catalog.cropPicture.handler(({ input: { sku, hash, region }, context }) =>
    context.services.editor.cropPicture(sku, hash, region),
  ),
  addPicture: os.catalog.addPicture.handler(async ({ input, context }) =>
    context.services.editor.addPicture(input.sku, await namedBytes(input.picture)),
  ),
  removePicture: os.catalog.removePicture.handler(({ input, context }) =>
    context.services.editor.removePicture(input.sku, input.hash),
  ),
  picture: os.catalog.picture.handler(async ({ input: { hash, size }, context }) => {
    const { bytes, mediaType } = await context.services.catalog.picture(hash, size);
    const extension = EXTENSIONS[mediaType] ?? mediaType.replace(/^image\//, "");
    return new File([new Uint8Array(bytes)], `${hash}.${extension}`, { type: mediaType });
  }),
});

export const historyRouter = os.history.router({
  list: os.history.list.handler(({ input, context }) => context.services.catalog.changes(input)),
  revert: os.history.revert.handler(({ input, context }) => context.services.editor.revert(input.id)),
});

export const binRouter = os.bin.router({
  list: os.bin.list.handler(({ input, context }) => context.services.catalog.bin(input)),
  restore: os.bin.restore.handler(async ({ input: { ids }, context }) => {
    const answers = await context.services.editor.restore(ids);
    const refused = answers.flatMap((answer, at) =>
      answer instanceof ShelfmatchError ? [{ id: ids[at] ?? "", code: answer.code, message: answer.message }] : [],
    );
    return { restored: answers.flatMap((answer) => (answer instanceof ShelfmatchError ? [] : [answer.sku])), refused };
  }),
  purge: os.bin.purge.handler(async ({ input, context }) => ({
    purged: await context.services.catalog.purge(input.ids),
  })),
});

export const viewsRouter = os.views.router({
  list: os.views.list.handler(({ context }) => context.services.catalog.views()),
  save: os.views.save.handler(async ({ input, context }) => {
    await context.services.catalog.putView(input);
    return input;
  }),
  remove: os.views.remove.handler(async ({ input: { id }, context }) => {
    await context.services.catalog.removeView(id);
    return { id };
  }),
});

export const bulkRouter = os.bulk.router({
  start: os.bulk.start.handler(({ input, context }) => context.services.curator.start(input.selection, input.work)),
  list: os.bulk.list.handler(({ context }) => context.services.curator.list()),
  watch: os.bulk.watch.handler(async function* ({ input, context, signal }) {
    yield* context.services.curator.watch(input.id, signal);
  }),
  cancel: os.bulk.cancel.handler(({ input, context }) => context.services.curator.cancel(input.id)),
  undo: os.bulk.undo.handler(({ input, context }) => context.services.curator.undo(input.id)),
});
