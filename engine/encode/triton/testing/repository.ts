import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EncoderIdentity, fingerprint } from "../../fingerprint.ts";

/** Copies a model of a repository under another name, saying that its vectors are another's. */
export async function copyModel(
  repository: string,
  from: string,
  to: string,
  identity: EncoderIdentity,
  edit: (config: string) => string = (config) => config,
): Promise<void> {
  await cp(join(repository, from), join(repository, to), { recursive: true });
  const file = join(repository, to, "config.pbtxt");
  const parameters: Record<string, string> = {
    fingerprint: fingerprint(identity),
    model: identity.model,
    weights_sha256: identity.weights,
    precision: identity.precision,
    preprocessing: identity.preprocessing,
    dimensions: String(identity.dimensions),
  };
  let config = (await readFile(file, "utf8")).replace(`name: "${from}"`, `name: "${to}"`);
  for (const [key, value] of Object.entries(parameters)) config = setParameter(config, key, value);
  await writeFile(file, edit(config));
}

/** The text of a `config.pbtxt` with a parameter exchanged. */
export function setParameter(config: string, key: string, value: string): string {
  const parameter = new RegExp(`(key: "${key}"\\s+value \\{\\s+string_value: )"[^"]*"`);
  if (!parameter.test(config)) throw new Error(`the configuration has no parameter ${key}`);
  return config.replace(parameter, `$1"${value}"`);
}
