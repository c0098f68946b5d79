import { type PictureRef, type Product, productDraftSchema } from "../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { CatalogEditor, Indexer, NamedBytes } from "../services.ts";
import { reverted } from "./changes.ts";
import { cropOf } from "./crop.ts";
import { type PictureLimits, toPictureUpload } from "./picture-upload.ts";
import type { By, Catalog, PictureUpload } from "./port.ts";

interface EditorOptions {
  catalog: Catalog;
  indexer: Pick<Indexer, "nudge">;
  limits: PictureLimits;
}

/** @throws ShelfmatchError PICTURE_NOT_FOUND */
function ownPicture({ sku, pictures }: Product, hash: string): PictureRef {
  const own = pictures.find((picture) => picture.hash === hash);
  if (own !== undefined) return own;
  const message = `Product "${sku}" has no picture ${hash}: it was taken off meanwhile. Reload the product.`;
  throw new ShelfmatchError("PICTURE_NOT_FOUND", message, { details: { hash } });
}

/** Changes of the catalogue by hand. A picture that can't be read refuses the whole change: nothing half goes in. */
export function createCatalogEditor({ catalog, indexer, limits }: EditorOptions): CatalogEditor {
  async function nudging<T>(change: Promise<T>): Promise<T> {
    const result = await change;
    indexer.nudge();
    return result;
  }

  async function withPicture(sku: string, hash: string): Promise<Product> {
    const product = await catalog.get(sku);
    ownPicture(product, hash);
    return product;
  }

  /** What is known of the old one, and its place, goes over to the new one. */
  async function putInPlace(sku: string, hash: string, picture: NamedBytes): Promise<Product> {
    const upload = await toPictureUpload(picture, limits);
    const product = await withPicture(sku, hash);
    const others = product.pictures.filter((one) => one.hash !== upload.hash || one.hash === hash);
    const pictures = others.map((one) => {
      if (one.hash !== hash) return one;
      return one.origin === undefined ? upload : { ...upload, origin: one.origin };
    });
    return nudging(catalog.setPictures(sku, pictures, { expected: product.updatedAt }));
  }

  async function revert(changeId: number): Promise<Product> {
    const change = await catalog.change(changeId);
    if (change === null || change.fields.length === 0) {
      const message = `There is no change ${changeId} whose values could come back: the history is kept for a time only.`;
      throw new ShelfmatchError("CHANGE_NOT_FOUND", message);
    }
    const now = await catalog.get(change.sku);
    const { product, changedSince } = reverted(now, change.fields);
    if (changedSince.length > 0) {
      const message = `${changedSince.join(", ")} of ${now.name} (${now.sku}) changed again since then. Revert the later change first, or edit the product.`;
      throw new ShelfmatchError("PRODUCT_CHANGED", message, { details: { sku: now.sku, fields: changedSince } });
    }
    const by: By = { source: "revert" };
    const touchesPictures = change.fields.some(({ field }) => field === "pictures");
    let saved = now;
    if (touchesPictures) {
      saved = await catalog.setPictures(now.sku, product.pictures, { by, expected: now.updatedAt });
    }
    const { sku: _sku, ...draft } = productDraftSchema.parse(product);
    return nudging(catalog.update(now.sku, draft, { by, expected: saved.updatedAt }));
  }

  return {
    async create(draft, pictures): Promise<Product> {
      // One after the other: a form holds a few pictures, and each decoded one takes memory.
      const uploads: PictureUpload[] = [];
      for (const picture of pictures) uploads.push(await toPictureUpload(picture, limits));
      const unique = uploads.filter((upload, at) => uploads.findIndex(({ hash }) => hash === upload.hash) === at);
      return nudging(catalog.create(draft, unique));
    },
    update: (sku, changes, options) => nudging(catalog.update(sku, changes, options)),
    async delete(sku) {
      await catalog.get(sku);
      const [entry] = await nudging(catalog.discard([sku], { source: "edit" }));
      return entry?.id ?? "";
    },
    restore: (ids) => nudging(catalog.restore(ids, { source: "restore" })),
    revert,
    async reindex(sku) {
      await catalog.get(sku);
      await nudging(catalog.markAllPending([sku]));
      return catalog.get(sku);
    },
    async addPicture(sku, picture, origin) {
      await catalog.get(sku);
      const upload = await toPictureUpload(picture, limits);
      if (origin === undefined) return nudging(catalog.addPicture(sku, upload));
      return nudging(catalog.addPicture(sku, { ...upload, origin }, { source: "confirmed", job: origin.runId }));
    },
    async removePicture(sku, hash) {
      const { pictures } = await withPicture(sku, hash);
      return nudging(
        catalog.setPictures(
          sku,
          pictures.filter((picture) => picture.hash !== hash),
        ),
      );
    },
    async arrangePictures(sku, hashes, options = {}) {
      const product = await catalog.get(sku);
      const pictures = [...new Set(hashes)].map((hash) => ownPicture(product, hash));
      return nudging(catalog.setPictures(sku, pictures, { expected: product.updatedAt, ...options }));
    },
    replacePicture: putInPlace,
    async cropPicture(sku, hash, region) {
      const product = await withPicture(sku, hash);
      const { bytes } = await catalog.picture(hash, "full");
      return putInPlace(sku, hash, await cropOf({ name: `The picture of ${product.name}`, bytes }, region, limits));
    },
  };
}
