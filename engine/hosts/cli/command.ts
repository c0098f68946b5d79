import type { Io } from "./io.ts";
import type { Session } from "./session.ts";

/** What every command is given. */
export interface Run {
  io: Io;
  session: Session;
  /** Machine-readable lines on stdout, and nothing else there. */
  json: boolean;
}
