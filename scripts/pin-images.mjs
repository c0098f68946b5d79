// `npm run pin-images`: asks the registries for the digest of every image and writes it wherever the image is named;
// with `--check` it only finds out whether each pinned digest is there. Needs Docker with buildx.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, stop } from "./setup/setup.mjs";

const FILES = [
  "docker/compose.yaml",
  "docker/.env.example",
  "docker/README.md",
  "docker/triton/Dockerfile",
  "docker/web/Dockerfile",
];
const PINNED = /([a-z0-9][\w./-]*:v?\d[\w.-]*)@(sha256:[0-9a-f]{64})/g;

/** @param {string} reference @returns {{digest: string} | {reason: string}} of the index over all platforms */
function inspect(reference) {
  const args = ["buildx", "imagetools", "inspect", reference, "--format", "{{.Manifest.Digest}}"];
  const { status, stdout, stderr, error } = spawnSync("docker", args, { encoding: "utf8" });
  if (error) return stop(`docker could not be started (${error.message}). It is needed to ask the registries.`);
  const digest = /sha256:[0-9a-f]{64}/.exec(stdout)?.[0];
  return status === 0 && digest !== undefined ? { digest } : { reason: stderr.trim() };
}

const check = process.argv.includes("--check");
const texts = new Map(FILES.map((file) => [file, readFileSync(join(root, file), "utf8")]));
/** @type {Map<string, string>} */
const pins = new Map();
for (const text of texts.values())
  for (const [, image = "", digest = ""] of text.matchAll(PINNED)) pins.set(image, digest);

let missing = 0;
for (const [image, pinned] of pins) {
  const now = inspect(image);
  if ("reason" in now) stop(`The digest of ${image} could not be read: ${now.reason}`);
  const moved = now.digest === pinned ? "" : `; the tag is at ${now.digest} by now`;
  if (check) {
    const held = inspect(`${image}@${pinned}`);
    if ("reason" in held) missing++;
    console.log(`${"reason" in held ? `MISSING (${held.reason})` : "there"}  ${image}@${pinned}${moved}`);
  } else {
    console.log(`${image}@${now.digest}${moved && ", changed"}`);
    pins.set(image, now.digest);
  }
}
if (check) process.exitCode = missing > 0 ? 1 : 0;
else {
  for (const [file, text] of texts) {
    writeFileSync(
      join(root, file),
      text.replace(PINNED, (_, image) => `${image}@${pins.get(image)}`),
    );
  }
}
