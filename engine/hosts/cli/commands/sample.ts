import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../session.ts";

/**
 * Imports the sample catalogue into a catalogue that never had a product, once; one that was interrupted goes on.
 * @returns how many products went in; null where there was nothing to do
 */
export async function importSample({ client, dataFolder }: Session): Promise<number | null> {
  const mark = join(dataFolder, "sample-catalogue");
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
