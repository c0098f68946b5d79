import { readFile, stat } from "node:fs/promises";
import { ShelfmatchError } from "../../../../shared/errors.ts";

function readError(name: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new ShelfmatchError("FILE_NOT_FOUND", `There is no file ${name}. Check the path.`, { cause: error });
  }
  if (code === "EACCES" || code === "EPERM") {
    const message = `The file ${name} may not be read. Give yourself the permission, then try again.`;
    return new ShelfmatchError("FILE_NOT_READABLE", message, { cause: error });
  }
  if (error instanceof ShelfmatchError || code === null) return error;
  // A loop of links, a disk that fails, a share that went away: the file's trouble, not the app's.
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The file ${name} can't be read (${reason}). Mend that, or name a copy.`;
  return new ShelfmatchError("FILE_NOT_READABLE", message, { cause: error });
}

/**
 * Reads a picture file to send it to the engine.
 * @param name as the caller wrote it
 * @param limit bytes; a larger file is not read at all
 * @throws ShelfmatchError FILE_NOT_FOUND, FILE_NOT_READABLE, IMAGE_UNREADABLE for what is no file, IMAGE_TOO_LARGE
 */
export async function pictureFile(path: string, name: string, limit: number): Promise<File> {
  try {
    const found = await stat(path);
    if (!found.isFile()) {
      const what = found.isDirectory() ? "a folder" : "no ordinary file";
      throw new ShelfmatchError("IMAGE_UNREADABLE", `${name} is ${what}. Name the pictures themselves.`);
    }
    if (found.size > limit) {
      const message = `${name} has ${found.size} bytes, more than the ${limit} that limits.pictureBytes allows. Send a smaller copy.`;
      throw new ShelfmatchError("IMAGE_TOO_LARGE", message);
    }
    return new File([await readFile(path)], name);
  } catch (error) {
    throw readError(name, error);
  }
}
