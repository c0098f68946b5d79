import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { ShelfmatchError } from "../../../shared/errors.ts";
import type { Catalog } from "../../catalog/port.ts";
import { readAll } from "../../import/files.ts";
import { openFolderFiles } from "../../import/folder-files.ts";
import { PICTURE_NAME } from "../../import/picture-folder.ts";
import { ofProduct, type Queries, type Query } from "./query.ts";

/** Folders of these names hold photos of what the catalogue does not have; unless a product is called so. */
const ABSENT = /^_?(absent|none)$/i;
/** Unknown folders that a note names. */
const NAMED = 10;

interface FolderOptions {
  /** A folder of the user's own machine, where a link may lead elsewhere; in an upload it may not. */
  trusted: boolean;
  /** Largest file, in bytes. */
  pictureBytes: number;
}

/** The SKU that a folder's name may stand for: what no file system takes in a name can be written as in an address. */
function spelled(name: string): string[] {
  try {
    return [...new Set([name, name.normalize("NFC"), decodeURIComponent(name)])];
  } catch {
    return [name];
  }
}

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  const why = found === null ? "There is no folder" : "A folder of folders is needed, and this is a file:";
  const message = `${why} ${folder}. Give the folder that holds a folder a SKU, with photos of that product in it.`;
  throw new ShelfmatchError(found === null ? "FILE_NOT_FOUND" : "INVALID_INPUT", message);
}

const listed = (names: readonly string[]) =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more` : names.join(", ");

/**
 * Photos in a folder a SKU. The innermost folder names the product; `_absent` or `none`, anywhere on the way, says that
 * the catalogue does not have it.
 * @throws ShelfmatchError FILE_NOT_FOUND, INVALID_INPUT where no photo has a label that can be used
 */
export async function folderQueries(catalog: Catalog, folder: string, options: FolderOptions): Promise<Queries> {
  await assertFolder(folder);
  const files = await openFolderFiles(folder, options.trusted);
  const paths = (await files.list()).filter((path) => PICTURE_NAME.test(path));
  const labels = new Set(paths.flatMap((path) => path.split("/").slice(0, -1)));
  const products = new Map(
    (await catalog.getMany([...labels].flatMap(spelled))).map((product) => [product.sku, product]),
  );
  const productOf = (label: string) => {
    const sku = spelled(label).find((each) => products.has(each));
    return sku === undefined ? undefined : products.get(sku);
  };
  const unknown = new Set<string>();
  let loose = 0;
  const large: string[] = [];
  const queries: Query[] = [];
  for (const path of paths) {
    const folders = path.split("/").slice(0, -1);
    const label = folders.at(-1);
    const absent = folders.some((each) => ABSENT.test(each) && productOf(each) === undefined);
    const product = label === undefined || absent ? undefined : productOf(label);
    const file = await files.find(path);
    if ("code" in file) continue;
    if (label === undefined) loose++;
    else if (!absent && product === undefined) unknown.add(label);
    else if (file.bytes > options.pictureBytes) large.push(path);
    else {
      queries.push({
        ...ofProduct,
        key: createHash("sha256")
          .update(await readAll(file))
          .update(product?.sku ?? "")
          .digest("hex"),
        label: path,
        product: product === undefined ? null : { sku: product.sku, category: product.category },
        bytes: () => readAll(file),
      });
    }
  }
  const notes = [
    ...(unknown.size > 0
      ? [`No product of the catalogue has these SKUs, and their photos were left out: ${listed([...unknown])}.`]
      : []),
    ...(loose > 0 ? [`${loose} photos lie in no folder that would say what they show, and were left out.`] : []),
    ...(large.length > 0 ? [`Larger than the settings allow, and left out: ${listed(large)}.`] : []),
    ...files.refused.map(({ message }) => message),
  ];
  if (queries.length > 0) return { queries, notes, close: () => files.close() };
  const hint =
    "Put the photos into a folder a SKU, and those of things that the catalogue does not have into `_absent`.";
  const found = paths.length === 0 ? "There are no pictures in the folder." : notes.join(" ");
  throw new ShelfmatchError("INVALID_INPUT", `Nothing can be asked. ${found} ${hint}`);
}
