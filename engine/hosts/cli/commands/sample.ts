import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { partsOf } from "../../../config/parts.ts";
import type { Session } from "../session.ts";

/**
 * Imports the sample catalogue into a catalogue that never had a product, once; one that was interrupted goes on.
 * Every place that keeps a catalogue gets it by itself: the first start of the stack begins with an empty one too.
 * @returns how many products went in; null where there was nothing to do
 */
export async function importSample({ client, dataFolder }: Session): Promise<number | null> {
  const { config } = await client.system.settings();
  const { catalog } = partsOf(config.parts);
  const mark = join(dataFolder, catalog === "sqlite" ? "sample-catalogue" : `sample-catalogue-${catalog}`);
  const state = existsSync(mark) ? readFileSync(mark, "utf8").trim() : null;
  const { total } = await client.catalog.list({ pageSize: 1 });
  if (state === "done" || (state === null && total > 0)) return null;
  writeFileSync(mark, "begun\n");
  const { importId } = await client.imports.startSample();
  let products = 0;
  for await (const progress of await client.imports.watch({ importId })) products = progress.products;
  writeFileSync(mark, "done\n");
  return products;
}
