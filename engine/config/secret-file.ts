import { readFile } from "node:fs/promises";
import { ShelfmatchError } from "../../shared/errors.ts";

/**
 * A password, key or token that a setting names by its file, as Docker and Kubernetes hand secrets over. Blank space
 * around it is no part of it: editors end files with a line break.
 * @param setting dotted path, for the message
 * @throws ShelfmatchError SETTINGS_INVALID where the file is missing, unreadable or empty
 */
export async function readSecretFile(file: string, setting: string): Promise<string> {
  let secret: string;
  try {
    secret = (await readFile(file, "utf8")).trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(setting, `${file}, which ${setting} names, can't be read (${reason}).`, error);
  }
  if (secret === "") throw invalid(setting, `${file}, which ${setting} names, is empty.`);
  return secret;
}

function invalid(path: string, reason: string, cause?: unknown): ShelfmatchError {
  const message = `${reason} Put the secret there, readable for this user, or change the setting.`;
  return new ShelfmatchError("SETTINGS_INVALID", message, { details: { path }, cause });
}
