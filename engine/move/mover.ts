import { join } from "node:path";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { LoadedConfig } from "../config/load.ts";
import { partsOf } from "../config/parts.ts";
import type { StackControl } from "../services.ts";
import { forgetProgress } from "./copy-journal.ts";
import { move, type Store } from "./move.ts";

interface MoverOptions {
  config: LoadedConfig;
  /** What the engine runs on. */
  from(): Promise<Store>;
  /** Opens the stores of a profile beside the ones in use. */
  open(profile: "embedded" | "stack"): Promise<Store & { close(): Promise<void> }>;
}

/** Moves to the other profile, and has the settings name it once the copy is checked. */
export function createMover({ config, from, open }: MoverOptions): StackControl["move"] {
  let moving = false;

  function assertMovable(to: "embedded" | "stack"): void {
    const settings = config.current.parts;
    if (settings.profile === to) {
      throw new ShelfmatchError("INVALID_INPUT", `Everything is in the ${to} profile already.`);
    }
    const [now, then] = [partsOf(settings), partsOf({ ...settings, profile: to })];
    const kept = (["catalog", "index", "journal"] as const).filter((part) => now[part] === then[part]);
    if (kept.length > 0) {
      const message = `The settings keep ${kept.map((part) => `parts.${part}`).join(", ")} as they are in either profile. Set them to "profile", then move.`;
      throw new ShelfmatchError("INVALID_INPUT", message);
    }
    if (config.fixed.includes("parts.profile")) {
      const message =
        "The profile is given by the command line or the environment: the move could not change it. Start without it, then move.";
      throw new ShelfmatchError("INVALID_INPUT", message);
    }
    if (moving) throw new ShelfmatchError("BUSY", "A move is under way. Wait until it is done.");
  }

  return async function* moveTo({ to, replace = false }, signal = new AbortController().signal) {
    assertMovable(to);
    moving = true;
    try {
      const store = await open(to);
      try {
        const memory = join(config.dataFolder, `move-to-${to}.json`);
        yield* move({ from: await from(), to: store, target: to, replace, memory, signal });
        await config.update({ "parts.profile": to });
        await forgetProgress(memory);
        yield {
          kind: "note",
          text: `The ${to} profile is used from the next start on. What was moved stays where it was too.`,
        };
      } finally {
        await store.close();
      }
    } finally {
      moving = false;
    }
  };
}
