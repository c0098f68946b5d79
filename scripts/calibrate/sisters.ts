import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { seededRandom } from "../../engine/evaluate/metrics.ts";

/**
 * The sample catalogue, and sisters of some of its products: the same picture with part of it in another colour, with
 * another thing in part of it, or both, and another word in the name. Shops have them by the dozen (one yoghurt in six flavours) and the sample
 * catalogue has none: a calibration that met no sister would take one for the product.
 */

/** One product in so many gets a sister. */
const EVERY = 6;
/** Of the picture's sides. */
const PATCH = { least: 0.3, most: 0.5 };

const SUFFIX = "-sister";

/** A sister and the product that it is made from; none of any other product. */
export const pairOf = (sku: string): string[] => (sku.endsWith(SUFFIX) ? [sku, sku.slice(0, -SUFFIX.length)] : []);

type Row = Record<string, string>;

/** Puts what `make` gives for a part of the picture, near its middle where the thing is, in that part's place. */
async function changed(
  bytes: Buffer,
  random: () => number,
  make: (part: Buffer, size: { width: number; height: number }) => Promise<Buffer>,
): Promise<Buffer> {
  const { width, height } = await sharp(bytes).metadata();
  const share = () => PATCH.least + random() * (PATCH.most - PATCH.least);
  const size = { width: Math.round(width * share()), height: Math.round(height * share()) };
  const left = Math.round((width - size.width) * (0.3 + random() * 0.4));
  const top = Math.round((height - size.height) * (0.3 + random() * 0.4));
  const part = await sharp(bytes)
    .extract({ left, top, ...size })
    .toBuffer();
  return sharp(bytes)
    .composite([{ input: await make(part, size), left, top }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

const recoloured = (bytes: Buffer, random: () => number) =>
  changed(bytes, random, (part) =>
    sharp(part)
      .modulate({ hue: Math.round(40 + random() * 280) })
      .toBuffer(),
  );

const repainted = (bytes: Buffer, other: Buffer, random: () => number) =>
  changed(bytes, random, (_, { width, height }) => sharp(other).resize(width, height, { fit: "cover" }).toBuffer());

/** RFC 4180; the columns are the first row's. */
function csvOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const quoted = (value = "") => `"${value.replaceAll('"', '""')}"`;
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((values) => values.map(quoted).join(","))
    .join("\r\n");
}

/**
 * Writes the catalogue with its sisters into `folder`.
 * @param source the sample catalogue's CSV file; `images` names a file a product, beside it
 * @returns the new CSV file
 * @throws Error where a file can't be read or written
 */
export async function writeCatalogueWithSisters(source: string, folder: string): Promise<string> {
  const rows: Row[] = parse(await readFile(source, "utf8"), { columns: true });
  const images = join(folder, "images");
  await mkdir(images, { recursive: true });
  const fileOf = (row: Row) => join(source, "..", row.images ?? "");
  for (const row of rows) await copyFile(fileOf(row), join(images, basename(fileOf(row))));
  const random = seededRandom(17);
  const sisters: Row[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % EVERY !== 0) continue;
    const other = rows[(index + 7) % rows.length] ?? row;
    const kind = sisters.length % 3;
    let bytes: Buffer = await readFile(fileOf(row));
    if (kind !== 0) bytes = await repainted(bytes, await readFile(fileOf(other)), random);
    if (kind !== 1) bytes = await recoloured(bytes, random);
    const name = `${row.sku}${SUFFIX}.jpg`;
    await writeFile(join(images, name), bytes);
    const word = (other.name ?? "").split(" ").at(-1) ?? "";
    sisters.push({
      ...row,
      sku: `${row.sku}${SUFFIX}`,
      name: `${row.name} ${word}`,
      barcode: "",
      images: `images/${name}`,
    });
  }
  const file = join(folder, "products.csv");
  await writeFile(file, csvOf([...rows, ...sisters]));
  return file;
}
