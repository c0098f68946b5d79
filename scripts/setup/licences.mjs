// What the app ships with and under which licences: from npm's own data and the licence files beside what is shipped.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {"app" | "package" | "runtime" | "weights" | "font" | "samples"} Kind
 * @typedef {{name: string, version: string | null, licence: string, kind: Kind, text: number | null}} Shipped
 */

/** Files that a package keeps its licence in; a notice belongs to it. */
const LICENCE_FILE = /^(licen[cs]e|copying|notice|third[-_]?party)/i;

/** What is shipped and is no npm package: its licence files, below the project's root. */
const OTHERS = [
  {
    ...{ name: "EfficientNet-Lite0, all-MiniLM-L6-v2 (weights)", licence: "Apache-2.0", kind: "weights" },
    files: ["triton/weights/licenses/Apache-2.0.txt"],
  },
  {
    ...{ name: "ImageNet class names of torchvision", licence: "BSD-3-Clause", kind: "weights" },
    files: ["triton/weights/licenses/torchvision-BSD-3-Clause.txt"],
  },
  {
    ...{ name: "Sample catalogue and photos to try", licence: "MIT, Unsplash, CC0-1.0, CC-BY-4.0", kind: "samples" },
    files: ["seed/LICENSES.md", "seed/licenses/vendure-MIT.txt", "seed/licenses/unsplash.txt"],
  },
];

/** Built into the desktop's main process: for npm they only build, and are shipped all the same. */
const IN_MAIN = ["electron-updater"];

/**
 * @param {Record<string, {dependencies?: Record<string, string>}>} locked @param {string[]} names
 * @returns {Set<string>} folders of these packages and of all that they need
 */
function withDependencies(locked, names) {
  /** @type {Set<string>} */
  const folders = new Set();
  const add = (/** @type {string} */ name, /** @type {string} */ from) => {
    const own = `${from}/node_modules/${name}`;
    const folder = locked[own] === undefined ? `node_modules/${name}` : own;
    if (folders.has(folder)) return;
    folders.add(folder);
    for (const needed of Object.keys(locked[folder]?.dependencies ?? {})) add(needed, folder);
  };
  for (const name of names) add(name, "");
  return folders;
}

/** @param {string} folder @returns {string} empty where the package holds none */
function licenceText(folder) {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  return files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
}

/** Older packages name their licence in other ways. @param {any} manifest @returns {string} */
function licenceName(manifest) {
  const { license, licenses } = manifest;
  if (typeof license === "string") return license;
  if (typeof license?.type === "string") return license.type;
  const several = Array.isArray(licenses) ? licenses.map((one) => one?.type ?? one).filter(Boolean) : [];
  return several.length > 0 ? several.join(" OR ") : "see its text";
}

/** @param {string} name @returns {Kind} */
function kindOf(name) {
  if (/^node-(linux|win|darwin)-/.test(name)) return "runtime";
  return name.startsWith("@fontsource") ? "font" : "package";
}

/**
 * @param {string} root the project's folder
 * @param {Iterable<string>} modules files that went into the pages
 * @returns {{shipped: Shipped[], texts: string[]}} sorted by name; a text that many share is there once
 */
export function licencesOf(root, modules) {
  /** @type {Record<string, {dev?: boolean, dependencies?: Record<string, string>}>} */
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const folders = new Set(
    Object.entries(locked)
      .filter(([path, { dev }]) => path.startsWith("node_modules/") && dev !== true)
      .map(([path]) => path),
  );
  for (const file of modules) {
    // The last one: packages lie in packages.
    const found = /^.*(?<![^/])node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll("\\", "/"))?.[0];
    const from = found?.indexOf("node_modules/") ?? -1;
    if (found !== undefined && from >= 0) folders.add(found.slice(from));
  }
  for (const folder of withDependencies(locked, IN_MAIN)) folders.add(folder);
  // A style sheet's import, which leaves no module behind.
  folders.add("node_modules/@fontsource-variable/inter");

  /** @type {string[]} */
  const texts = [];
  /** @param {string} text */
  const indexOf = (text) => {
    if (text === "") return null;
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text);
  };
  /** @param {string[]} files */
  const read = (files) => indexOf(files.map((file) => readFileSync(join(root, file), "utf8").trim()).join("\n\n"));

  const app = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  /** @type {Map<string, Shipped>} */
  const shipped = new Map();
  for (const path of folders) {
    const folder = join(root, path);
    // Of another platform.
    if (!existsSync(join(folder, "package.json"))) continue;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { name, version } = manifest;
    if (typeof name !== "string") continue;
    const entry = {
      name,
      version,
      licence: licenceName(manifest),
      kind: kindOf(name),
      text: indexOf(licenceText(folder)),
    };
    shipped.set(`${name} ${version}`, entry);
  }
  for (const { files, ...other } of OTHERS) {
    shipped.set(other.name, { ...other, kind: /** @type {Kind} */ (other.kind), version: null, text: read(files) });
  }
  const own = { name: "Shelfmatch", version: app.version, licence: app.license, kind: /** @type {const} */ ("app") };
  const sorted = [...shipped.values()].sort((a, b) => a.name.localeCompare(b.name, "en"));
  return { shipped: [{ ...own, text: read(["LICENSE"]) }, ...sorted], texts };
}
