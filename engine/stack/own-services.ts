import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import type { LoadedConfig } from "../config/load.ts";
import { isLoopback } from "../config/loopback.ts";

/** What the app needs to know to reach the services that its own Compose project starts. */

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The variables of compose.yaml, as Compose itself takes them: the environment before `.env` beside the file.
 * @param folder of compose.yaml
 * @param secrets their usual folder
 * @returns STACK_SECRETS always, as an absolute path
 */
export function composeVariables(
  folder: string,
  env: Variables,
  secrets = join(folder, "secrets"),
): Variables & { STACK_SECRETS: string } {
  const file = join(folder, ".env");
  const all: Variables = { ...(existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {}), ...env };
  return { ...all, STACK_SECRETS: resolve(folder, all.STACK_SECRETS || secrets) };
}

/** The user that docker/mongo/init.js makes for the app. */
const MONGO_USER = "shelfmatch";

function isHere(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname);
}

/** The settings that credentials and ports of the started services ask for; nothing that somebody has set is touched. */
export function settingsFor(
  { current, fixed }: Pick<LoadedConfig, "current" | "fixed">,
  variables: ReturnType<typeof composeVariables>,
): Record<string, string> {
  const { triton, qdrant, mongo } = current;
  const secret = (name: string) => join(variables.STACK_SECRETS, name);
  const changes: Record<string, string> = {};
  if (qdrant.apiKeyFile === null && isHere(qdrant.url)) changes["qdrant.apiKeyFile"] = secret("qdrant-api-key");
  if (mongo.username === null && mongo.passwordFile === null && isHere(mongo.url)) {
    changes["mongo.username"] = MONGO_USER;
    changes["mongo.passwordFile"] = secret("mongo-app-password");
  }
  const published = { triton: variables.STACK_TRITON_PORT, qdrant: variables.STACK_QDRANT_PORT };
  for (const [name, port] of Object.entries({ ...published, mongo: variables.STACK_MONGO_PORT })) {
    const { url } = { triton, qdrant, mongo }[name as keyof typeof published | "mongo"];
    if (!port || !isHere(url) || new URL(url).port === port) continue;
    changes[`${name}.url`] = url.replace(/:\d+(?=\/|\?|$)/, `:${port}`);
  }
  return Object.fromEntries(Object.entries(changes).filter(([path]) => !fixed.includes(path)));
}

/** Has the settings lead to the services that were just started. @returns a line for the user; null where they do already */
export async function adoptServices(
  config: LoadedConfig,
  variables: ReturnType<typeof composeVariables>,
): Promise<string | null> {
  const changes = settingsFor(config, variables);
  if (Object.keys(changes).length === 0) return null;
  await config.update(changes);
  return `The settings lead to these services now: ${Object.keys(changes).join(", ")}`;
}
