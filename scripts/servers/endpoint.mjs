// Which servers the contract suites talk to. Nothing set: a suite starts a server of its own. Set: it uses that one,
// under fresh names, and cleans them up. README.md beside this file has the rule and every variable.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * @typedef {object} Endpoint
 * @property {string} url Address of the service; for MongoDB a connection string without user and password.
 * @property {string | null} username null where the service asks for none.
 * @property {string | null} secret Password or API key, read from its file; null where the service asks for none.
 */

const SERVICES = /** @type {const} */ (["TRITON", "QDRANT", "MONGO", "CHROMA"]);

/** @param {"triton" | "qdrant" | "mongo" | "chroma"} service @param {string} what */
const variable = (service, what) => `SHELFMATCH_TEST_${service.toUpperCase()}_${what}`;

/**
 * The endpoint that `SHELFMATCH_TEST_<SERVICE>_URL` configures, with what `_USERNAME` and `_SECRET_FILE` add.
 * @param {"triton" | "qdrant" | "mongo" | "chroma"} service
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {Endpoint | null} null: the suite starts a server of its own
 * @throws Error that names the variable, where its secret file can't be read or is empty
 */
export function configuredEndpoint(service, env = process.env) {
  const url = env[variable(service, "URL")];
  if (url === undefined || url === "") return null;
  const file = env[variable(service, "SECRET_FILE")];
  let secret = null;
  if (file !== undefined && file !== "") {
    try {
      secret = readFileSync(file, "utf8").trim();
    } catch (error) {
      throw new Error(`${variable(service, "SECRET_FILE")} can't be read: ${/** @type {Error} */ (error).message}`);
    }
    if (secret === "") throw new Error(`${variable(service, "SECRET_FILE")} names an empty file: ${file}`);
  }
  return { url, username: env[variable(service, "USERNAME")] || null, secret };
}

/** @returns {string[]} the services that the environment configures, in lower case */
export function configuredServices(env = process.env) {
  return SERVICES.filter((service) => env[`SHELFMATCH_TEST_${service}_URL`]).map((service) => service.toLowerCase());
}

/**
 * A name nobody else uses, for a collection prefix (`qdrant.prefix`) or a database (`mongo.database`).
 * @returns {string} `test-` and 12 hexadecimal digits
 */
export const freshName = () => `test-${randomBytes(6).toString("hex")}`;
