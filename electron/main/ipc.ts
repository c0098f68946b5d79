import { BrowserWindow, type IpcMainInvokeEvent, ipcMain, type WebContents, type WebFrameMain } from "electron";
import {
  type DesktopCallInput,
  type DesktopCallName,
  type DesktopCallOutputs,
  type DesktopEvent,
  desktopCallInputs,
} from "../../shared/desktop/calls.ts";
import { CALL_CHANNEL, EVENT_CHANNEL } from "../../shared/desktop/channels.ts";
import { isOwnPage } from "./app-origin.ts";
import type { Log } from "./log.ts";

/** The one place that hears pages: every call's sender and input are checked here. */

interface Sender {
  contents: WebContents;
  frame: WebFrameMain;
}

export type Handlers = {
  [Name in DesktopCallName]: (
    input: DesktopCallInput<Name>,
    sender: Sender,
  ) => DesktopCallOutputs[Name] | Promise<DesktopCallOutputs[Name]>;
};

/** @throws Error unless the call comes from the main frame of a page of ours. @param dev origin of the dev server */
function checkedSender({ sender, senderFrame }: IpcMainInvokeEvent, dev: string | null): Sender {
  if (senderFrame === null || senderFrame.parent !== null || !isOwnPage(senderFrame.url, dev))
    throw new Error("Only the app's own pages may call this.");
  return { contents: sender, frame: senderFrame };
}

function handle<Name extends DesktopCallName>(name: Name, handler: Handlers[Name], dev: string | null, log: Log): void {
  ipcMain.handle(CALL_CHANNEL(name), async (event, raw: unknown) => {
    try {
      const sender = checkedSender(event, dev);
      return await handler(desktopCallInputs[name].parse(raw) as DesktopCallInput<Name>, sender);
    } catch (error) {
      log.line(`${name}, called by ${event.senderFrame?.url ?? "a frame that is gone"}: ${String(error)}`);
      throw error;
    }
  });
}

export function answerPages(handlers: Handlers, dev: string | null, log: Log): void {
  for (const name of Object.keys(handlers) as DesktopCallName[]) handle(name, handlers[name], dev, log);
}

/** To one page, or to all of them. */
export function tell(event: DesktopEvent, to?: WebContents): void {
  const pages = to === undefined ? BrowserWindow.getAllWindows().map(({ webContents }) => webContents) : [to];
  for (const page of pages) if (!page.isDestroyed()) page.send(EVENT_CHANNEL, event);
}
