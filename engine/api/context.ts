import type { MatchResult } from "../../shared/contract/match.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { EngineServices } from "../services.ts";

export interface Caller {
  /** Showed the engine's own token (the desktop, the command line): may name files of this machine. */
  local: boolean;
  /** Came over a loopback address, through no proxy: may see paths of this machine. */
  sameMachine: boolean;
}

/** Whoever counts what goes on, such as the web host's metrics. */
export interface ApiObserver {
  matchStarted(): void;
  matchEnded(outcome: MatchResult | ErrorCode): void;
}

/** What every handler of the contract gets. */
export interface ApiContext {
  services: EngineServices;
  settings: LoadedConfig;
  caller: Caller;
  /** Uploads of an import are spooled below it; on the data folder's file system. */
  uploadFolder: string;
  observer?: ApiObserver | undefined;
}
