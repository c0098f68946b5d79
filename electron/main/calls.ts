import { app, shell } from "electron";
import type { DesktopState } from "../../shared/desktop/calls.ts";
import type { DataFolder } from "./data-folder.ts";
import type { DesktopSettingsStore } from "./desktop-settings.ts";
import { chooseBackupFile, chooseFolder, choosePictureFolder } from "./dialogs.ts";
import type { EngineProcess } from "./engine-process.ts";
import type { FileQueue } from "./file-queue.ts";
import type { MatchShortcut } from "./global-shortcut.ts";
import { type Handlers, tell } from "./ipc.ts";
import type { Profile } from "./profile.ts";
import { notify, showWork } from "./progress.ts";
import type { Relay } from "./relay.ts";
import { showWindow, windowOf } from "./window.ts";

interface Parts {
  engine: EngineProcess;
  relay: Relay;
  settings: DesktopSettingsStore;
  dataFolder: DataFolder;
  files: FileQueue;
  shortcut: MatchShortcut;
  profile: Profile;
  showData(): void;
}

/** What the pages may ask of the desktop, put together from its parts. */
export function desktopCalls(parts: Parts): Handlers {
  const { engine, relay, settings, dataFolder, files, shortcut, profile, showData } = parts;
  const state = (): DesktopState => ({
    settings: settings.current,
    dataFolderFixed: dataFolder.fixed,
    shortcutProblem: shortcut.problem,
    versions: { app: app.getVersion(), electron: process.versions.electron, chromium: process.versions.chrome },
  });
  settings.onChange(() => tell({ kind: "state", state: state() }));
  engine.onState((now) => tell({ kind: "engine", state: now }));
  return {
    connect(_, { contents, frame }) {
      tell({ kind: "engine", state: engine.state }, contents);
      relay.attach(contents, frame);
      files.listening(contents);
      return undefined;
    },
    state,
    update(changes) {
      settings.update(Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)));
      return state();
    },
    async chooseDataFolder(_, { contents }) {
      const folder = await chooseFolder(windowOf(contents));
      if (folder !== null) await dataFolder.use(folder, engine);
      return state();
    },
    async resetDataFolder() {
      await dataFolder.use(null, engine);
      return state();
    },
    chooseBackupFile: ({ name }, { contents }) => chooseBackupFile(windowOf(contents), name),
    choosePictureFolder: (_, { contents }) => choosePictureFolder(windowOf(contents)),
    async restartEngine() {
      await engine.restart(dataFolder.engineArgs());
      return undefined;
    },
    showFolder(which) {
      if (which === "data") showData();
      else void shell.openPath(profile[which]);
      return undefined;
    },
    showWork(work, { contents }) {
      const window = windowOf(contents);
      if (window !== null) showWork(window, work);
      return undefined;
    },
    notify(notice, { contents }) {
      const window = windowOf(contents);
      if (window !== null) notify(window, notice, () => showWindow(window));
      return undefined;
    },
  };
}
