import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { textRulesSchema } from "../declared.ts";

const modelSchema = z.object({
  address: z.string(),
  model: z.string(),
  fingerprint: z.string().min(1),
  dimensions: z.number().int().positive(),
  /** Side of the square input in pixels; of image encoders. */
  inputSize: z.number().int().positive().optional(),
  /** Of the towers of one family. */
  space: z.string().min(1).optional(),
  /** Of text encoders. */
  text: textRulesSchema.optional(),
});

/** A model as it was when the server was last asked, so that the engine can start while the server is down. */
export type RememberedModel = z.infer<typeof modelSchema>;

function fileOf(folder: string, { address, model }: Pick<RememberedModel, "address" | "model">): string {
  const key = createHash("sha256")
    .update(JSON.stringify([address, model]))
    .digest("hex");
  return join(folder, `triton-model-${key.slice(0, 16)}.json`);
}

/** Writes it whole or not at all. @throws Error where the folder can't be written to */
export async function rememberModel(folder: string, model: RememberedModel): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = fileOf(folder, model);
  const draft = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(draft, `${JSON.stringify(model, null, 2)}\n`);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * @returns null where the model was never seen
 * @throws ShelfmatchError DATA_CORRUPT where what was written can't be read
 */
export async function recallModel(folder: string, address: string, model: string): Promise<RememberedModel | null> {
  const file = fileOf(folder, { address, model });
  try {
    return modelSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    const message = `${file}, which says what Triton's model ${model} is, can't be used. Start once while Triton runs: it is then written anew.`;
    throw new ShelfmatchError("DATA_CORRUPT", message, { cause });
  }
}

/** @returns the models of this server that were seen before, by name */
export async function recallModels(folder: string, address: string): Promise<RememberedModel[]> {
  const files = await readdir(folder).catch(() => []);
  const seen: RememberedModel[] = [];
  for (const file of files.filter((name) => /^triton-model-[0-9a-f]+\.json$/.test(name))) {
    const known = modelSchema.safeParse(parseOrNull(await readFile(join(folder, file), "utf8"))).data;
    if (known?.address === address) seen.push(known);
  }
  return seen.sort((a, b) => a.model.localeCompare(b.model));
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
