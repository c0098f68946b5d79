// Program for the crash test of re-embedding: goes on with it, while products are changed, until it kills itself at a
// crash point, or the new vectors are searched and the old ones gone.
// Arguments: folder, address of a Qdrant and its prefix (or two empty ones for the embedded index), point, its pass.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onCrashPoint } from "../../lib/crash-point.ts";
import { openEmbeddedIndex } from "../embedded/embedded.ts";
import { openQdrantIndex } from "../qdrant/qdrant.ts";
import { testSettings } from "../qdrant/testing.ts";
import { draft, openIndexed, sideOf } from "./reembedding-engine.ts";

const [folder = "", url = "", prefix = "", point = "", pass = "1"] = process.argv.slice(2);

let passes = 0;
onCrashPoint((passed) => {
  if (passed === point && ++passes === Number(pass)) process.kill(process.pid, "SIGKILL");
});

const index =
  url === ""
    ? await openEmbeddedIndex({ folder: join(folder, "index") })
    : await openQdrantIndex({ settings: testSettings({ url, prefix, deadlineMs: 30_000 }) });
const { catalog, indexer, reembedding, close } = await openIndexed({
  ...{ folder, index, wanted: sideOf(2, 1), older: [sideOf(1)], keepOldMs: 20 },
});
// Changes of every kind while it fills, the same again at each run.
await catalog.upsert([
  { draft: draft("P1", "Renamed P1"), pictures: [], otherPictures: "keep" },
  { draft: draft("new", "Brand new"), pictures: [], otherPictures: "keep" },
]);
await catalog.delete("P2").catch(() => undefined);
indexer.nudge();
while (reembedding.status().state !== "current" || (await index.list()).length > 1) await setTimeout(20);
await indexer.settled();
await close();
