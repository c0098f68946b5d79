/**
 * Opens two models of a Triton as the app does, and encodes a picture and a text of the seed by them: the tests of what
 * lays models out ask it whether the engine would take them.
 *
 *   node scripts/probe-triton.ts <url> <image model> <text model>
 *
 * Prints JSON: of each its fingerprint, state, and how near its vector is to that of the shipped encoder.
 */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOnnxImageEncoder } from "../engine/encode/onnx/image-encoder.ts";
import { createOnnxTextEncoder } from "../engine/encode/onnx/text-encoder.ts";
import { openTritonEncoders } from "../engine/encode/triton/open.ts";
import { rgbOf } from "../engine/encode/view-encoder.ts";
import { cutViews } from "../engine/encode/views.ts";
import { decodePicture } from "../engine/picture/decode.ts";
import { configSchema } from "../shared/config.ts";

const ROOT = join(import.meta.dirname, "..");
const WEIGHTS = join(ROOT, "triton", "weights");
const TEXT = "A lightweight laptop with a bright screen";

const [url, imageModel, textModel] = process.argv.slice(2);
if (url === undefined || imageModel === undefined || textModel === undefined) {
  console.error("Usage: node scripts/probe-triton.ts <url> <image model> <text model>");
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), "shelfmatch-probe-"));
const picture = await decodePicture(await readFile(join(ROOT, "seed", "images", "laptop.jpg")), { name: "laptop.jpg" });
const views = await cutViews(rgbOf(picture), ["whole"]);
const embedded = {
  image: await createOnnxImageEncoder({ weights: WEIGHTS }),
  text: await createOnnxTextEncoder({ weights: WEIGHTS }),
};
const settings = configSchema.parse({ triton: { url, imageModel, textModel, deadlineMs: 60_000 } }).triton;
const served = await openTritonEncoders({
  settings,
  weights: WEIGHTS,
  folder,
  models: folder,
  onNotice: (text) => console.error(text),
});
try {
  const near = (a: Float32Array | undefined, b: Float32Array | undefined) =>
    a?.length === b?.length ? a?.reduce((sum, value, i) => sum + value * (b?.[i] ?? 0), 0) : Number.NaN;
  const [image, text, ownImage, ownText] = await Promise.all([
    served.image.encode(views),
    served.text.encode([TEXT]),
    embedded.image.encode(views),
    embedded.text.encode([TEXT]),
  ]);
  const told = {
    image: { fingerprint: served.image.fingerprint, cosine: near(image[0]?.embedding, ownImage[0]?.embedding) },
    text: { fingerprint: served.text.fingerprint, cosine: near(text[0], ownText[0]) },
    states: [(await served.image.health()).state, (await served.text.health()).state],
  };
  console.log(JSON.stringify(told));
} finally {
  const { image, text, pictureText } = served;
  await Promise.all([image, text, pictureText, embedded.image, embedded.text].map((each) => each.close()));
  await rm(folder, { recursive: true, force: true });
}
