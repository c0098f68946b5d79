import { ShelfmatchError } from "../../shared/errors.ts";
import type { EncoderHealth } from "./port.ts";

/** What a real inference says of an encoder: a full queue is no illness. */
export async function probe(infer: () => Promise<unknown>, of: string): Promise<EncoderHealth> {
  const started = performance.now();
  try {
    await infer();
    return { state: "ready", detail: `${of}, ${Math.round(performance.now() - started)} ms` };
  } catch (error) {
    const busy = error instanceof ShelfmatchError && error.code === "BUSY";
    return { state: busy ? "degraded" : "down", detail: error instanceof Error ? error.message : String(error) };
  }
}
