import type { DesktopCallInput, DesktopCallName, DesktopCallOutputs, DesktopEvent } from "./calls.ts";

type Calls = {
  [Name in DesktopCallName]: DesktopCallInput<Name> extends undefined
    ? () => Promise<DesktopCallOutputs[Name]>
    : (input: DesktopCallInput<Name>) => Promise<DesktopCallOutputs[Name]>;
};

/**
 * What the preload gives to the pages as `window.shelfmatch`. Ports to the engine come as window messages with
 * PORT_MESSAGE as their data: they can't cross the bridge otherwise.
 */
export interface DesktopBridge extends Calls {
  /** Where a picked or dropped file lies; null for one that is not on disk. */
  pathOf(file: File): string | null;
  /** @returns how to stop listening */
  onEvent(listener: (event: DesktopEvent) => void): () => void;
}
