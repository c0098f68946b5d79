import { isAbsolute } from "node:path";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { Caller } from "./context.ts";

/** @throws ShelfmatchError FORBIDDEN for a caller from elsewhere, INVALID_INPUT for a relative path */
export function assertOwnPath({ local }: Caller, path: string): void {
  if (!local) {
    const message =
      "Paths of this machine are taken from its own command line and desktop only. Fetch or upload the file instead.";
    throw new ShelfmatchError("FORBIDDEN", message);
  }
  if (!isAbsolute(path)) {
    const message = `The path ${path} is relative, and the engine runs in another folder than its caller. Send the whole path.`;
    throw new ShelfmatchError("INVALID_INPUT", message);
  }
}
