import type { Product } from "../../shared/contract/domain.ts";
import type { CatalogEditor, Indexer } from "../services.ts";
import { type PictureLimits, toPictureUpload } from "./picture-upload.ts";
import type { Catalog, PictureUpload } from "./port.ts";

interface EditorOptions {
  catalog: Catalog;
  indexer: Pick<Indexer, "nudge">;
  limits: PictureLimits;
}

/** Changes of the catalogue by hand. A picture that can't be read refuses the whole change: nothing half goes in. */
export function createCatalogEditor({ catalog, indexer, limits }: EditorOptions): CatalogEditor {
  async function nudging<T>(change: Promise<T>): Promise<T> {
    const result = await change;
    indexer.nudge();
    return result;
  }
  return {
    async create(draft, pictures): Promise<Product> {
      // One after the other: a form holds a few pictures, and each decoded one takes memory.
      const uploads: PictureUpload[] = [];
      for (const picture of pictures) uploads.push(await toPictureUpload(picture, limits));
      const unique = uploads.filter((upload, at) => uploads.findIndex(({ hash }) => hash === upload.hash) === at);
      return nudging(catalog.create(draft, unique));
    },
    update: (sku, changes) => nudging(catalog.update(sku, changes)),
    delete: (sku) => nudging(catalog.delete(sku)),
    async addPicture(sku, picture, origin) {
      await catalog.get(sku);
      const upload = await toPictureUpload(picture, limits);
      return nudging(catalog.addPicture(sku, origin === undefined ? upload : { ...upload, origin }));
    },
    removePicture: (sku, hash) => nudging(catalog.removePicture(sku, hash)),
  };
}
