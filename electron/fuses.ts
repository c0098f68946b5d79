import { type FuseConfig, FuseV1Options, FuseVersion } from "@electron/fuses";

/**
 * The fuses of the packaged app. A record over all of them: one that a new Electron adds does not compile until it is
 * decided here, and packing fails where the runtime has one that is not set.
 */
export const FUSES: Record<keyof typeof FuseV1Options, boolean> = {
  /** The app's binary is no Node for whoever starts it: the engine brings its own. */
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  /** One snapshot for all processes: Electron's own. */
  LoadBrowserProcessSpecificV8Snapshot: false,
  /** Pages come by app://; no file:// page has a use for more. */
  GrantFileProtocolExtraPrivileges: false,
  /** Electron's default: WebAssembly's bounds are checked by the processor. */
  WasmTrapHandlers: true,
};

/** For `flipFuses`, and for electron-builder. */
export function fuseConfig(): FuseConfig<boolean> {
  const set = Object.entries(FUSES).map(([name, on]) => [FuseV1Options[name as keyof typeof FUSES], on]);
  return { version: FuseVersion.V1, strictlyRequireAllFuses: true, ...Object.fromEntries(set) };
}
