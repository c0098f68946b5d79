import { os } from "./base.ts";
import { defined, namedBytes } from "./inputs.ts";

const EXTENSIONS: Readonly<Record<string, string>> = { "image/jpeg": "jpg", "image/tiff": "tif" };

export const catalogRouter = os.catalog.router({
  list: os.catalog.list.handler(({ input, context }) => context.services.catalog.list(input)),
  get: os.catalog.get.handler(({ input, context }) => context.services.catalog.get(input.sku)),
  create: os.catalog.create.handler(async ({ input: { pictures = [], ...draft }, context }) =>
    context.services.editor.create(draft, await Promise.all(pictures.map(namedBytes))),
  ),
  update: os.catalog.update.handler(({ input: { sku, ...changes }, context }) =>
    context.services.editor.update(sku, defined(changes)),
  ),
  delete: os.catalog.delete.handler(async ({ input: { sku }, context }) => {
    await context.services.editor.delete(sku);
    return { sku };
  }),
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
