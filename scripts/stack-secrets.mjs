// `npm run stack:secrets`: makes the secrets of docker/compose.yaml that are missing; never changes one that is there.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "./setup/setup.mjs";

/** Bytes of chance in each; mongod takes 6 to 1024 characters of Base64 as a key file. */
const SECRETS = {
  "server-token": 32,
  "qdrant-api-key": 32,
  "mongo-keyfile": 512,
  "mongo-root-password": 32,
  "mongo-app-password": 32,
};

const folder = resolve(join(root, "docker"), process.env.STACK_SECRETS || "secrets");
mkdirSync(folder, { recursive: true });
// Compose hands a file over with its mode: containers of other users must be able to read it. The folder keeps the
// users of this machine out.
chmodSync(folder, 0o700);
for (const [name, bytes] of Object.entries(SECRETS)) {
  const file = join(folder, name);
  if (existsSync(file)) {
    console.log(`kept  ${file}`);
    continue;
  }
  const encoding = name === "mongo-keyfile" ? "base64" : "base64url";
  writeFileSync(file, `${randomBytes(bytes).toString(encoding)}\n`, { flag: "wx", mode: 0o444 });
  chmodSync(file, 0o444);
  console.log(`made  ${file}`);
}
