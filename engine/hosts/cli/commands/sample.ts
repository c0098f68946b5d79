import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isErrorCode, isServiceError, ShelfmatchError } from "../../../../shared/errors.ts";
import { partsOf } from "../../../config/parts.ts";
import { toFailure } from "../failure.ts";
import type { Session } from "../session.ts";

/** Between tries, while a service of the stack is still starting. */
const RETRY_MS = 3_000;

/** One catalogue of a data folder: the sample goes into each once, also where the embedded one had it before. */
async function markOf({ client, dataFolder }: Session): Promise<string> {
  const { config } = await client.system.settings();
  const { catalog } = partsOf(config.parts);
  return join(dataFolder, catalog === "sqlite" ? "sample-catalogue" : `sample-catalogue-${catalog}`);
}

async function importOnce(session: Session): Promise<number | null> {
  const { client } = session;
  const mark = await markOf(session);
  const state = existsSync(mark) ? readFileSync(mark, "utf8").trim() : null;
  const { total } = await client.catalog.list({ pageSize: 1 });
  if (state === "done" || (state === null && total > 0)) return null;
  writeFileSync(mark, "begun\n");
  const { importId } = await client.imports.startSample();
  let products = 0;
  for await (const progress of await client.imports.watch({ importId })) {
    products = progress.products;
    const { state, error } = progress;
    if (state !== "failed" || error === null) continue;
    throw new ShelfmatchError(isErrorCode(error.code) ? error.code : "INTERNAL", error.message);
  }
  writeFileSync(mark, "done\n");
  return products;
}

/**
 * Imports the sample catalogue into a catalogue that never had a product, once; one that was interrupted goes on. Waits
 * for a service that is not there yet.
 * @returns how many products went in; null where there was nothing to do
 */
export async function importSample(session: Session, signal: AbortSignal): Promise<number | null> {
  for (;;) {
    try {
      return await importOnce(session);
    } catch (error) {
      if (!isServiceError(toFailure(error))) throw error;
      await sleep(RETRY_MS, null, { signal });
    }
  }
}
