import { ShelfmatchError } from "../../../shared/errors.ts";
import { listModels, loadModel, unloadModel } from "./control.ts";
import { TritonRefusal, translate } from "./failures.ts";
import type { TritonServer } from "./server.ts";

export interface Healer {
  /** How often it was brought back so far. */
  readonly mended: number;
  /**
   * Brings the model into memory; `anew` out of it first. Calls that come meanwhile share the one that runs.
   * @param before `mended` when the call that failed began: what failed over a model that was brought back since need
   *   only be asked again, and must not take the model from the others a second time
   * @throws ShelfmatchError SERVICE_MISMATCH where the server has no such model, SERVICE_UNAVAILABLE where it does not
   *   load or was healed too often of late, and as any call
   */
  heal(how: "load" | "anew", before: number): Promise<void>;
}

/** Heals within `WINDOW_MS`, at most: a model that keeps dying needs a person. */
const HEALS = 4;
const WINDOW_MS = 5 * 60_000;
const HEAL_DEADLINE_MS = 120_000;

/**
 * Mends a model that is not loaded, or whose process died, which Triton itself never does.
 * @param layOut command of `shelfmatch_triton` that writes such a model into a repository
 */
export function createHealer(
  server: TritonServer,
  model: string,
  onNotice: (message: string) => void,
  layOut = "lay-out",
): Healer {
  const named = `Triton's model ${model} at ${server.address}`;
  let heals: number[] = [];
  let running: Promise<void> | null = null;
  let mended = 0;

  async function mend(how: "load" | "anew"): Promise<void> {
    // Not the callers' signals: whoever gives up, the model is still needed.
    const signal = AbortSignal.timeout(HEAL_DEADLINE_MS);
    try {
      const known = await listModels(server, signal);
      if (!known.some(({ name }) => name === model)) {
        const others = [...new Set(known.map(({ name }) => name))].join(", ") || "none at all";
        const message = `Triton at ${server.address} has no model ${model}; it has ${others}. Lay it out in the model repository (\`python -m shelfmatch_triton ${layOut}\`), or name another model in the settings.`;
        throw new ShelfmatchError("SERVICE_MISMATCH", message);
      }
      const now = Date.now();
      heals = heals.filter((time) => now - time < WINDOW_MS);
      if (heals.length >= HEALS) {
        const message = `${named} had to be loaded ${HEALS} times within ${WINDOW_MS / 60_000} minutes and is left alone for now. Look into Triton's log; loading it by hand, on the stack page, helps at once.`;
        throw new ShelfmatchError("SERVICE_UNAVAILABLE", message);
      }
      heals.push(now);
      if (how === "anew") await unloadModel(server, model, signal);
      await loadModel(server, model, signal);
      mended++;
      onNotice(how === "anew" ? `${named} had died and was loaded anew.` : `${named} was not loaded and is now.`);
    } catch (error) {
      if (!(error instanceof TritonRefusal)) throw translate(error, server) ?? error;
      const message = `${named} could not be loaded: ${error.message}. Look into Triton's log, mend what it names and load the model on the stack page.`;
      throw new ShelfmatchError("SERVICE_UNAVAILABLE", message, { cause: error });
    }
  }

  return {
    get mended() {
      return mended;
    },
    async heal(how, before) {
      if (running === null && mended !== before) return;
      running ??= mend(how).finally(() => {
        running = null;
      });
      return running;
    },
  };
}
