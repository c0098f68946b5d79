import { newSkuSchema } from "../../shared/contract/domain.ts";
import type { BadRow, SourceRow } from "./row.ts";

/** A folder of pictures as products: a subfolder is one, named by its SKU; a loose file is one, named by its stem. */

/** Kinds that can't be read are among them, so that they are said and not passed over. */
export const PICTURE_NAME = /\.(jpe?g|jpe|jfif|png|webp|avif|gif|tiff?|heic|heif|svg|bmp)$/i;

/**
 * A picture belongs to the innermost folder that holds it; folders around that one are its category
 * (`shoes/S-1/front.jpg`). One folder around everything, as archives often have it, says nothing.
 *
 * @param paths sorted; a product's pictures keep this order
 * @returns also the files that are no pictures, and the pictures whose name can't be a SKU
 */
export function readPictureFolder(paths: readonly string[]): {
  rows: SourceRow[];
  nameless: BadRow[];
  leftOut: string[];
} {
  const pictures = paths.filter((path) => PICTURE_NAME.test(path));
  const depth = wrapperDepth(pictures.map((path) => path.split("/").slice(0, -1)));
  const products = new Map<string, { sku: string; category: string; images: string[] }>();
  for (const path of pictures) {
    const segments = path.split("/").slice(depth);
    const folders = segments.slice(0, -1);
    const sku = folders.at(-1) ?? path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]+$/, "");
    const key = folders.length === 0 ? `file:${sku}` : `folder:${folders.join("/")}`;
    const known = products.get(key);
    if (known === undefined) products.set(key, { sku, category: folders.slice(0, -1).join(" / "), images: [path] });
    else known.images.push(path);
  }
  const rows: SourceRow[] = [];
  const nameless: BadRow[] = [];
  for (const { sku: name, category, images } of products.values()) {
    // A file may be called by control characters, a product may not.
    const sku = newSkuSchema.safeParse(
      name
        .replace(/\p{Cc}/gu, " ")
        .trim()
        .slice(0, 200),
    );
    if (sku.success) {
      const said = category === "" ? {} : { category: category.slice(0, 200) };
      rows.push({ line: null, sku: sku.data, said, images, warnings: [], needsPicture: true });
    } else {
      const message = `"${name}" can't be the SKU of a product. Rename the file or folder and import again.`;
      nameless.push({ line: null, column: images[0] ?? null, code: "ROW_NO_KEY", message });
    }
  }
  return { rows, nameless, leftOut: paths.filter((path) => !PICTURE_NAME.test(path)) };
}

function wrapperDepth(folders: readonly (readonly string[])[]): number {
  let depth = 0;
  for (;;) {
    const top = folders[0]?.[depth];
    const isAround = top !== undefined && folders.every((path) => path[depth] === top);
    // The last folder above a picture is a product, and stays.
    if (!isAround || !folders.some((path) => path.length > depth + 1)) return depth;
    depth += 1;
  }
}
