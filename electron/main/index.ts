import { join } from "node:path";
import { app, type BrowserWindow, dialog, session, shell } from "electron";
import { desktopSettingsSchema } from "../../shared/desktop/settings.ts";
import { appFiles } from "./app-files.ts";
import { devServer } from "./app-origin.ts";
import { desktopCalls } from "./calls.ts";
import { clipboardPicture } from "./clipboard.ts";
import { logCrashes, setUpCrashReports } from "./crash-reports.ts";
import { dataFolderOf } from "./data-folder.ts";
import { desktopSettings } from "./desktop-settings.ts";
import { chooseCatalogue, choosePicture } from "./dialogs.ts";
import { startEngine } from "./engine-process.ts";
import { engineProgram } from "./engine-program.ts";
import { fileQueue } from "./file-queue.ts";
import { setUpMatchShortcut } from "./global-shortcut.ts";
import { answerPages, tell } from "./ipc.ts";
import { readLaunch } from "./launch.ts";
import { openLog } from "./log.ts";
import { setMenu } from "./menu.ts";
import { containNavigation, containRequests } from "./navigation.ts";
import { setUpPermissions } from "./permissions.ts";
import { setUpProfile } from "./profile.ts";
import { registerScheme, serveApp } from "./protocol.ts";
import { createRelay } from "./relay.ts";
import { holdSingleInstance } from "./single-instance.ts";
import { storedFile } from "./stored-file.ts";
import { followTheme } from "./theme.ts";
import { followUpdates } from "./updates.ts";
import { openWindow, showWindow } from "./window.ts";
import { windowStateSchema } from "./window-state.ts";
import { followLanguage } from "./words.ts";

/** The desktop's boot list: each part is set up here, in this order, and lives in a file of its own. */

const launch = readLaunch(process.argv, {
  env: process.env,
  cwd: process.cwd(),
  startedOnFolder: process.defaultApp === true,
});
const dev = devServer(app.isPackaged, process.env);
const files = fileQueue();
let window: BrowserWindow | null = null;
let reopen: (() => void) | null = null;

function open(paths: readonly string[]): void {
  files.open(paths);
  if (window !== null) showWindow(window);
  else reopen?.();
}

// Root, in containers, has to start without the system's sandbox; each window's own setting stays on there too.
if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
registerScheme(dev);
const profile = setUpProfile(launch);
setUpCrashReports(profile);
// macOS hands files over by this event, also before the app is ready.
app.on("open-file", (event, path) => {
  event.preventDefault();
  open([path]);
});

if (holdSingleInstance(launch.files, open)) {
  files.open(launch.files);
  app.whenReady().then(start, fail);
} else {
  app.quit();
}

function fail(error: unknown): void {
  dialog.showErrorBox("Shelfmatch can't start", error instanceof Error ? error.message : String(error));
  app.exit(1);
}

function start(): void {
  const log = openLog(join(profile.logs, "main.log"));
  const say = (text: string) => log.line(text);
  log.line(`Shelfmatch ${app.getVersion()} on Electron ${process.versions.electron}.`);
  const settings = desktopSettings(storedFile(join(profile.folder, "desktop.json"), desktopSettingsSchema, say));
  const windowState = storedFile(join(profile.folder, "window.json"), windowStateSchema, say);
  const dataFolder = dataFolderOf(launch, settings);

  // First: it takes longest to be ready, and the window is drawn meanwhile.
  const output = openLog(join(profile.logs, "engine.log"));
  const engine = startEngine({ ...engineProgram(), args: dataFolder.engineArgs(), env: process.env, log, output });
  const relay = createRelay(engine, log);

  logCrashes(log);
  followTheme(settings);
  containNavigation(dev, log);
  containRequests(session.defaultSession, dev, log);
  setUpPermissions(session.defaultSession, settings, dev, log);
  serveApp(dev === null ? appFiles(join(__dirname, "..", "renderer")) : () => null, engine, dev, log);

  const matchClipboard = () => {
    void clipboardPicture().then(files.hand);
    open([]);
  };
  const shortcut = setUpMatchShortcut(settings, matchClipboard);
  const showData = () => void (engine.dataFolder !== null && shell.openPath(engine.dataFolder));
  answerPages(desktopCalls({ engine, relay, settings, dataFolder, files, shortcut, profile, showData }), dev, log);
  const menu = () =>
    setMenu({
      openPicture: () => void choosePicture(window).then(open),
      importFile: () => void chooseCatalogue(window, false).then(open),
      importFolder: () => void chooseCatalogue(window, true).then(open),
      matchClipboard,
      go: (path) => tell({ kind: "go", path }),
      showPalette: () => tell({ kind: "palette" }),
      showShortcuts: () => tell({ kind: "shortcuts" }),
      showData,
      logs: profile.logs,
    });
  followLanguage(settings, menu);
  menu();

  reopen = () => {
    const opened = openWindow(windowState, dev);
    window = opened;
    opened.once("closed", () => {
      window = null;
    });
  };
  reopen();
  app.on("activate", () => window ?? reopen?.());
  app.on("window-all-closed", () => process.platform === "darwin" || app.quit());
  quitInOrder(() => engine.stop());
  void followUpdates(log);
}

/** The engine ends in order before the app does. */
function quitInOrder(stop: () => Promise<void>): void {
  let stopped = false;
  app.on("will-quit", (event) => {
    if (stopped) return;
    event.preventDefault();
    void stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
}
