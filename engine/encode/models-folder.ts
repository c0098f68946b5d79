import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ShelfmatchError } from "../../shared/errors.ts";
import { type DeclaredEncoder, declaredBy } from "./declared.ts";
import { hashFiles } from "./fingerprint.ts";

/**
 * The folder `models` of the data folder: graphs that `python -m shelfmatch_triton export` (or `quantise`, or `resize`)
 * wrote, each with its record beside it. What lies there can be chosen; nothing of it is run before.
 */

/** An ONNX graph with all of it inside, scaling, pooling and normalising, and what its record says of it. */
export interface ModelFile extends DeclaredEncoder {
  /** The file's name without `.onnx`. */
  name: string;
  file: string;
  bytes: number;
  /** That the record speaks of. */
  sha256: string;
  precision: string;
  /** Side of the square views in pixels, of an image encoder; null of one that reads texts. */
  side: number | null;
}

/** A graph that can't be chosen, and why, in half a sentence. */
interface UnusableFile {
  name: string;
  fault: string;
}

const recordSchema = z.object({
  parameters: z.record(z.string(), z.string()),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  source: z.object({ input: z.object({ side: z.number().int().positive().optional() }) }),
});
const EXTENSION = ".onnx";

/** `<name>.onnx.json` of `quantise`, else `<name>.json` of `export`. @returns null where there is neither */
async function readRecord(file: string): Promise<unknown> {
  for (const record of [`${file}.json`, `${file.slice(0, -EXTENSION.length)}.json`]) {
    try {
      return JSON.parse(await readFile(record, "utf8"));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  return null;
}

/** @throws Error that says, in half a sentence, what is missing */
async function readModelFile(folder: string, name: string): Promise<ModelFile> {
  const file = join(folder, `${name}${EXTENSION}`);
  const { size: bytes } = await stat(file);
  const record = await readRecord(file);
  if (record === null) throw new Error("no record beside it says what its vectors are; export it into this folder");
  const parsed = recordSchema.safeParse(record);
  if (!parsed.success) throw new Error("its record is not one of this version's `export`; export it again");
  const { parameters, sha256, source } = parsed.data;
  const declared = declaredBy(parameters);
  const side = source.input.side ?? null;
  return { ...declared, name, file, bytes, sha256, precision: parameters.precision ?? "", side };
}

/** Everything in the folder, by name. A folder that is not there is an empty one. */
export async function listModelFiles(folder: string): Promise<{ models: ModelFile[]; unusable: UnusableFile[] }> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(EXTENSION)).sort();
  const models: ModelFile[] = [];
  const unusable: UnusableFile[] = [];
  for (const name of names.map((one) => one.slice(0, -EXTENSION.length))) {
    try {
      models.push(await readModelFile(folder, name));
    } catch (error) {
      unusable.push({ name, fault: error instanceof Error ? error.message : String(error) });
    }
  }
  return { models, unusable };
}

/**
 * The model of this name, made sure that the file is the one that its record speaks of: another's vectors would be
 * compared with the wrong ones.
 * @throws ShelfmatchError FILE_NOT_FOUND, DATA_CORRUPT
 */
export async function findModelFile(folder: string, name: string): Promise<ModelFile> {
  const { models, unusable } = await listModelFiles(folder);
  const next =
    "Put it there, or choose another in encoder.imageModel: in the settings, or in the data folder's config.json where the app does not start.";
  const fault = unusable.find((one) => one.name === name)?.fault;
  if (fault !== undefined) {
    throw new ShelfmatchError("DATA_CORRUPT", `The model ${name} in ${folder} can't be used: ${fault}. ${next}`);
  }
  const model = models.find((one) => one.name === name);
  if (model === undefined) {
    const others = models.map((one) => one.name).join(", ") || "none";
    throw new ShelfmatchError("FILE_NOT_FOUND", `There is no model ${name} in ${folder}; there is: ${others}. ${next}`);
  }
  await assertWhole(model);
  return model;
}

/** @throws ShelfmatchError DATA_CORRUPT */
export async function assertWhole({ name, file, sha256 }: ModelFile): Promise<void> {
  if ((await hashFiles(file)) === sha256) return;
  const message = `${file} is not the file that its record speaks of: it was exchanged, or not copied whole. Export or copy ${name} anew, with its record.`;
  throw new ShelfmatchError("DATA_CORRUPT", message);
}
