import type { DesktopCallName } from "./calls.ts";

/** Names on the way between a page's preload and the main process. Apart from the schemas: the preload needs none. */

export const CALL_CHANNEL = (name: DesktopCallName) => `shelfmatch:call:${name}`;
export const EVENT_CHANNEL = "shelfmatch:event";
export const PORT_CHANNEL = "shelfmatch:port";
/** `data` of the window message that carries a port into the page. */
export const PORT_MESSAGE = "shelfmatch:port";
