import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { z } from "zod";
import { ShelfmatchError } from "../../shared/errors.ts";

/** The photos to try that ship with the app, each with the SKU of what it shows, or null. */
const FOLDER = join(import.meta.dirname, "../../seed/queries");
const labelsSchema = z.record(z.string(), z.string().nullable());
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
};

/** `gloves-dark.jpg` reads "Gloves dark". */
function titleOf(name: string): string {
  const words = name.slice(0, -extname(name).length).replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

async function labels(): Promise<string[]> {
  try {
    return Object.keys(labelsSchema.parse(JSON.parse(await readFile(join(FOLDER, "labels.json"), "utf8"))));
  } catch (error) {
    // An installation without the samples has no examples; that is no failure.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

export async function listExamples(): Promise<{ name: string; title: string }[]> {
  return (await labels()).map((name) => ({ name, title: titleOf(name) }));
}

/** @throws ShelfmatchError PICTURE_NOT_FOUND; only names that are listed are ever read */
export async function exampleFile(name: string): Promise<File> {
  if (!(await labels()).includes(name)) {
    const message = `There is no example "${name}". /api/v1/examples lists the ones there are.`;
    throw new ShelfmatchError("PICTURE_NOT_FOUND", message, { details: { name } });
  }
  return new File([await readFile(join(FOLDER, name))], name, { type: MEDIA_TYPES[extname(name)] ?? "image/jpeg" });
}
