import type { WebContents } from "electron";
import type { DesktopEvent } from "../../shared/desktop/calls.ts";
import { tell } from "./ipc.ts";
import { openedFile } from "./opened-files.ts";

/** Hands what is opened from outside to the page: at once where it listens, otherwise as soon as it does. */
export interface FileQueue {
  open(paths: readonly string[]): void;
  hand(event: DesktopEvent): void;
  /** The page listens from now on. */
  listening(page: WebContents): void;
}

export function fileQueue(): FileQueue {
  const waiting: DesktopEvent[] = [];
  let page: WebContents | null = null;
  const hand = (event: DesktopEvent) => {
    if (page === null || page.isDestroyed()) waiting.push(event);
    else tell(event, page);
  };
  return {
    hand,
    open(paths) {
      // One at a time and in order: the last one stays in view.
      void (async () => {
        for (const path of paths) hand(await openedFile(path));
      })();
    },
    listening(contents) {
      page = contents;
      // Loaded anew, it listens again by and by. (A change of page inside it is none of these.)
      contents.once("did-navigate", () => {
        if (page === contents) page = null;
      });
      for (const event of waiting.splice(0)) tell(event, contents);
    },
  };
}
