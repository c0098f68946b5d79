// The secrets of compose.yaml.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes of chance in each; mongod takes 6 to 1024 characters of Base64 as a key file. */
const SECRETS = {
  "server-token": 32,
  "qdrant-api-key": 32,
  "mongo-keyfile": 512,
  "mongo-root-password": 32,
  "mongo-app-password": 32,
};

/**
 * Makes the secrets that are missing; never changes one that is there.
 * @param {string} folder made where it is missing; `STACK_SECRETS` tells Compose of it
 * @returns {string[]} the files that were made
 */
export function makeSecrets(folder) {
  mkdirSync(folder, { recursive: true });
  // Compose hands a file over with its mode: containers of other users must be able to read it. The folder keeps the
  // users of this machine out.
  chmodSync(folder, 0o700);
  const missing = Object.entries(SECRETS).filter(([name]) => !existsSync(join(folder, name)));
  return missing.map(([name, bytes]) => {
    const file = join(folder, name);
    const encoding = name === "mongo-keyfile" ? "base64" : "base64url";
    writeFileSync(file, `${randomBytes(bytes).toString(encoding)}\n`, { flag: "wx", mode: 0o444 });
    chmodSync(file, 0o444);
    return file;
  });
}
