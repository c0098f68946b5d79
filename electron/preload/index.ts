import { contextBridge, ipcRenderer, webUtils } from "electron";
import type { DesktopBridge } from "../../shared/desktop/bridge.ts";
import type {
  DesktopCallInput,
  DesktopCallName,
  DesktopCallOutputs,
  DesktopEvent,
} from "../../shared/desktop/calls.ts";
import { CALL_CHANNEL, EVENT_CHANNEL, PORT_CHANNEL, PORT_MESSAGE } from "../../shared/desktop/channels.ts";

/** The only code between a page and Electron: sandboxed, and each call by its own name. */

function call<Name extends DesktopCallName>(name: Name, input?: DesktopCallInput<Name>) {
  return ipcRenderer.invoke(CALL_CHANNEL(name), input) as Promise<DesktopCallOutputs[Name]>;
}

function pathOf(file: File): string | null {
  // Electron before 29 has the path on the file itself.
  const path = webUtils === undefined ? String(Reflect.get(file, "path") ?? "") : webUtils.getPathForFile(file);
  return path === "" ? null : path;
}

const bridge: DesktopBridge = {
  connect: () => call("connect"),
  state: () => call("state"),
  update: (changes) => call("update", changes),
  chooseDataFolder: () => call("chooseDataFolder"),
  resetDataFolder: () => call("resetDataFolder"),
  chooseBackupFile: (suggested) => call("chooseBackupFile", suggested),
  choosePictureFolder: () => call("choosePictureFolder"),
  restartEngine: () => call("restartEngine"),
  showFolder: (folder) => call("showFolder", folder),
  showWork: (work) => call("showWork", work),
  notify: (notice) => call("notify", notice),
  pathOf,
  onEvent(listener) {
    const heard = (_: unknown, event: DesktopEvent) => listener(event);
    ipcRenderer.on(EVENT_CHANNEL, heard);
    return () => void ipcRenderer.off(EVENT_CHANNEL, heard);
  },
};

contextBridge.exposeInMainWorld("shelfmatch", bridge);

ipcRenderer.on(PORT_CHANNEL, (event) => {
  // A port can't cross the bridge; a message of the window's own can carry it.
  window.postMessage(PORT_MESSAGE, location.origin, [...event.ports]);
});
