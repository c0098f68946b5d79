import type { DesktopBridge } from "../../../shared/desktop/bridge.ts";

declare global {
  interface Window {
    /** Set by the desktop's preload. */
    shelfmatch?: DesktopBridge;
  }
}

/** What the desktop offers beside the engine; null in a browser. */
export const desktop: DesktopBridge | null = globalThis.window?.shelfmatch ?? null;
