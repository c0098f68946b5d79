import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultConfig } from "../../../shared/config.ts";
import { openTestServices } from "../../hosts/testing/services.ts";
import { openBatches } from "../batches.ts";

/**
 * Matches a batch, and dies on the way: `batch-worker.ts <folder> <photos | ""> <place> <match>`. It stands before an
 * answer is in the journal, or behind that, of the match of that number; dead or done, every match is a line in `asked`.
 */
const [folder = "", photos = "", place = "", at = "0"] = process.argv.slice(2);

const engine = await openTestServices(join(folder, "engine"));
const { journal, catalog } = engine.services;
let matches = 0;
const die = (here: string, match: number) => {
  if (place === here && match === Number(at)) process.kill(process.pid, "SIGKILL");
};
const batches = openBatches({
  ...{ folder: join(folder, "own"), journal, catalog, config: () => defaultConfig, atOnce: 2, log: () => {} },
  matcher: {
    async *match(request, signal) {
      const mine = ++matches;
      appendFileSync(join(folder, "asked"), `${request.picture?.name} ${request.runId}\n`);
      die("before", mine);
      yield* engine.services.matcher.match(request, signal);
      die("behind", mine);
    },
  },
});
if (photos !== "") await batches.startPath(photos, { watch: false });
const id = batches.list()[0]?.id ?? "";
while (batches.get(id).state !== "done") await sleep(10);
await batches.close();
await engine.close();
process.exit(0);
