import { type FuseV1Options, flipFuses, getCurrentFuseWire } from "@electron/fuses";
import { fuseConfig } from "../../electron/fuses.ts";

/**
 * Sets the fuses of a packed app.
 * @param program Electron's executable; on macOS the .app
 * @param all a runtime that has a fuse which is not decided, or lacks one that is, ends the packing. Otherwise those are
 *   set that it has: the tests' Electron is older than some
 * @param signs whether changing the program breaks a signature that it needs to start (macOS)
 */
export async function setFuses(program: string, { all, signs }: { all: boolean; signs: boolean }): Promise<void> {
  const { version, strictlyRequireAllFuses: _, ...wanted } = fuseConfig();
  const resetAdHocDarwinSignature = signs;
  if (all) {
    await flipFuses(program, { ...fuseConfig(), resetAdHocDarwinSignature });
    return;
  }
  const has = await getCurrentFuseWire(program);
  const known = Object.entries(wanted).filter(([fuse]) => has[Number(fuse) as FuseV1Options] !== undefined);
  await flipFuses(program, { version, resetAdHocDarwinSignature, ...Object.fromEntries(known) });
}
