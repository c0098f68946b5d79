// `npm run stack:secrets`: makes the secrets of docker/compose.yaml that are missing.
import { join, resolve } from "node:path";
import { makeSecrets } from "../docker/secrets.mjs";
import { root } from "./setup/setup.mjs";

const folder = resolve(join(root, "docker"), process.env.STACK_SECRETS || "secrets");
const made = makeSecrets(folder);
for (const file of made) console.log(`made ${file}`);
if (made.length === 0) console.log(`All secrets are in ${folder} already.`);
