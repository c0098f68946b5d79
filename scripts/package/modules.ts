import { z } from "zod";
import { nodePackage, type Target } from "./target.ts";

/** Which packages the engine needs on a machine, by package-lock.json, and which of their files. */

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());
const names = z.record(z.string(), z.string()).default({});
const entrySchema = z.looseObject({
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().default(false) })).default({}),
  os: oneOrMore.optional(),
  cpu: oneOrMore.optional(),
  libc: oneOrMore.optional(),
});
const lockSchema = z.looseObject({ packages: z.record(z.string(), entrySchema) });
type Entry = z.infer<typeof entrySchema>;

/** Asked for by install scripts, or for their types: nothing loads them. */
const NEVER_LOADED = new Set(["adm-zip", "global-agent", "@scarf/scarf", "typescript"]);

function allows(list: readonly string[] | undefined, value: string): boolean {
  if (list === undefined) return true;
  const refused = list.filter((one) => one.startsWith("!")).map((one) => one.slice(1));
  return refused.length > 0 ? !refused.includes(value) : list.includes(value);
}

/** Linux is glibc's: neither Electron nor the packaged Node runs on musl. */
function runsOn(entry: Entry, { os, arch }: Target): boolean {
  return allows(entry.os, os) && allows(entry.cpu, arch) && (os !== "linux" || allows(entry.libc, "glibc"));
}

/** As Node resolves a name: from the innermost node_modules outwards. */
function resolveFrom(packages: Readonly<Record<string, Entry>>, from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === "") return null;
  }
}

/**
 * The packages that the engine needs there.
 * @param lock text of package-lock.json
 * @returns paths below node_modules, sorted, such as `sharp` or `a/node_modules/b`
 * @throws Error where the lock file lacks one
 */
export function shippedModules(lock: string, target: Target): string[] {
  const { packages } = lockSchema.parse(JSON.parse(lock));
  const found = new Set<string>();
  const visit = (from: string) => {
    const entry = packages[from];
    if (entry === undefined) throw new Error(`package-lock.json has no ${from}. Run npm install.`);
    const optional = new Set(Object.keys(entry.optionalDependencies));
    const peers = Object.keys(entry.peerDependencies).filter((name) => !entry.peerDependenciesMeta[name]?.optional);
    for (const name of new Set([...Object.keys(entry.dependencies), ...optional, ...peers])) {
      if (NEVER_LOADED.has(name)) continue;
      const path = resolveFrom(packages, from, name);
      const next = path === null ? undefined : packages[path];
      if (path === null || next === undefined) {
        if (optional.has(name)) continue;
        throw new Error(`package-lock.json has no ${name}, which ${from} needs. Run npm install.`);
      }
      if (found.has(path) || !runsOn(next, target)) continue;
      found.add(path);
      visit(path);
    }
  };
  visit("");
  return [...found].map((path) => path.slice("node_modules/".length)).sort();
}

/** Of every package: what nothing reads while the app runs (Node loads no TypeScript below node_modules). Licences stay. */
const NEVER_READ = ["**/*.{ts,mts,cts}", "**/*.map", "**/*.tsbuildinfo", "**/{README,CHANGELOG,HISTORY}*"];

/** Large files of packages that are used in part. */
function unused({ os, arch }: Target): string[] {
  const node = nodePackage({ os, arch });
  return [
    // ONNX Runtime brings the binaries of every system in one package.
    `onnxruntime-node/bin/*/!(${os})/**`,
    `onnxruntime-node/bin/*/*/!(${arch})/**`,
    `${node}/{include,share,lib}/**`,
    // The API's page takes the bundle.
    "swagger-ui-dist/swagger-ui{,-es-bundle*,-standalone-preset}.js",
    "scran.js/browser/**",
    // Other builds of the HEIC decoder than the one with its wasm inside.
    "libheif-js/libheif/**/*.js",
    "libheif-js/libheif-wasm/{libheif.js,libheif.wasm,libheif-bundle.mjs}",
  ];
}

/** Patterns of the files of node_modules to take; each later one decides over those before it. */
export function moduleFiles(modules: readonly string[], target: Target): string[] {
  return [
    ...modules.map((name) => `${name}/**`),
    ...[...NEVER_READ, ...unused(target)].map((pattern) => `!${pattern}`),
  ];
}
