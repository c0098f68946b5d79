// Program for the crash test: writes product after product into the index of a folder, saying after each batch how far
// it has come, until it is killed. Every tenth product is deleted again.
// Arguments: folder, first product.
import { writeSync } from "node:fs";
import { product, SPEC } from "../test-points.ts";
import { openEmbeddedIndex } from "./embedded.ts";

const [folder = "", first = "0"] = process.argv.slice(2);
const BATCH = 20;

// Small, so that graphs are being built and swapped when the kill comes.
const index = await openEmbeddedIndex({ folder, rebuild: { smallest: 100, idleMs: 20 } });
const collection = await index.open(SPEC);
for (let from = Number(first); ; from += BATCH) {
  await collection.replaceProducts(Array.from({ length: BATCH }, (_, n) => product(`P${from + n}`, from + n)));
  await collection.deleteProducts([`P${from}`, `P${from + 10}`]);
  // Straight to the pipe: a line that the stream still held would be lost with the process.
  writeSync(1, `${from + BATCH}\n`);
}
