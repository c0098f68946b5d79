import { writeFile } from "node:fs/promises";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import type { PictureRef, Product } from "../../shared/contract/domain.ts";
import { IMPORT_COLUMNS } from "../../shared/contract/imports.ts";
import type { Catalog } from "../catalog/port.ts";
import { VECTORS_COLUMN, VECTORS_KEY } from "../import/parquet-vectors.ts";
import { allProducts, attributeHeader, attributeNames, byHash, cellsOf, type PictureName } from "./rows.ts";

/** Embeddings as they are stored, with what they were made by. */
export interface StoredVectors {
  fingerprint: string;
  dimensions: number;
  views: readonly string[];
  /** Of each picture of these products: float32 [views * dimensions]; what has none is left out. */
  read(products: readonly Product[]): Promise<(product: Product, picture: PictureRef) => Float32Array | null>;
}

/** Rows that are written, and held in memory, at once. */
const ROW_GROUP = 2_000;
const ROW_GROUP_WITH_VECTORS = 500;
const VECTORS_AT_ONCE = 100;

type Row = Record<string, unknown>;

/**
 * The whole catalogue as Parquet, by SKU. All columns are texts, prices among them: a decimal is exact in no other type
 * that every reader has. `images` is a list.
 *
 * @param file to write
 * @param vectors also the embeddings of the pictures, so that the same encoder need not make them again
 */
export async function exportParquet(
  catalog: Catalog,
  file: string,
  {
    pictureName = byHash,
    vectors = null,
    signal,
  }: { pictureName?: PictureName; vectors?: StoredVectors | null; signal?: AbortSignal | undefined },
): Promise<void> {
  const names = await attributeNames(catalog, signal);
  const texts = [...IMPORT_COLUMNS.filter((column) => column !== "images"), ...names.map(attributeHeader)];
  const text = (name: string) => ({
    ...({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const),
  });
  const list = (name: string, element: Row) => [
    { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 } as const,
    { name: "list", repetition_type: "REPEATED", num_children: 1 } as const,
    { repetition_type: "REQUIRED", ...element, name: "element" } as never,
  ];
  const lists = ["images", ...(vectors === null ? [] : [VECTORS_COLUMN])];
  const schema = [
    { name: "root", num_children: texts.length + lists.length },
    ...texts.map(text),
    ...list("images", { type: "BYTE_ARRAY", converted_type: "UTF8" }),
    ...(vectors === null ? [] : list(VECTORS_COLUMN, { type: "FLOAT" })),
  ];

  async function* rows(): AsyncGenerator<Row> {
    const held: Product[] = [];
    for await (const product of allProducts(catalog, signal)) {
      held.push(product);
      if (held.length < VECTORS_AT_ONCE) continue;
      yield* await toRows(held.splice(0));
    }
    yield* await toRows(held);
  }
  async function toRows(products: readonly Product[]): Promise<Row[]> {
    const vectorOf = products.length === 0 ? undefined : await vectors?.read(products);
    return products.map((product) => {
      const cells = cellsOf(product, pictureName);
      const row: Row = { ...cells, images: product.pictures.map(pictureName) };
      for (const name of names) row[attributeHeader(name)] = product.attributes[name] ?? null;
      if (vectorOf !== undefined) {
        const all = product.pictures.map((picture) => vectorOf(product, picture));
        // All of a row's, or none: which picture one belongs to is said by its place alone.
        row[VECTORS_COLUMN] = all.every((one) => one !== null) ? all.flatMap((one) => [...one]) : [];
      }
      return row;
    });
  }

  await writeFile(file, "", { mode: 0o600 });
  await parquetWriteRows({
    writer: fileWriter(file),
    rows: rows(),
    columns: [...texts, ...lists].map((name) => ({ name, statistics: name !== VECTORS_COLUMN })),
    schema,
    rowGroupSize: vectors === null ? ROW_GROUP : ROW_GROUP_WITH_VECTORS,
    createdBy: "Shelfmatch",
    kvMetadata: vectors === null ? [] : [{ key: VECTORS_KEY, value: JSON.stringify(toMetadata(vectors)) }],
  });
}

const toMetadata = ({ fingerprint, dimensions, views }: StoredVectors) => ({ fingerprint, dimensions, views });
