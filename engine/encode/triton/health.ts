import { ShelfmatchError } from "../../../shared/errors.ts";
import type { EncoderHealth } from "../port.ts";
import { probe } from "../probe.ts";
import type { ServedModel } from "./served-model.ts";

/** An encoder's health on Triton. `infer` runs a real inference and resolves to the server's version. */
export function createTritonHealth(served: ServedModel, model: string, infer: () => Promise<string>) {
  let version: string | null = null;
  let closed = false;
  return {
    async now(): Promise<EncoderHealth> {
      const health = await probe(async () => {
        if (closed) throw new ShelfmatchError("ENGINE_GONE", "The encoder has been shut down.");
        version = await infer();
      }, `model ${model}`);
      return { ...health, remote: served.health(version) };
    },
    close() {
      closed = true;
    },
  };
}
