import { type BrowserWindow, Notification } from "electron";
import type { Notice, Work } from "../../shared/desktop/calls.ts";

/** Beyond 1 Electron shows that something runs, and not how far it is. */
const UNKNOWN = 2;
const NONE = -1;

/** How far long work is, on the task bar or the dock. */
export function showWork(window: BrowserWindow, work: Work | null): void {
  window.setProgressBar(work === null ? NONE : (work.share ?? UNKNOWN));
}

/** For somebody who looks elsewhere by now; in the window itself the page says it. */
export function notify(window: BrowserWindow, notice: Notice, onClick: () => void): void {
  if (window.isFocused() || !Notification.isSupported()) return;
  const notification = new Notification(notice);
  notification.on("click", onClick);
  notification.show();
}
