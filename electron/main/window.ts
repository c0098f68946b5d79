import { join } from "node:path";
import { app, BrowserWindow, nativeTheme, screen, type WebContents } from "electron";
import icon from "../resources/icon.png?asset";
import { APP_ORIGIN } from "./app-origin.ts";
import type { StoredFile } from "./stored-file.ts";
import { fitBounds, SMALLEST, type WindowState } from "./window-state.ts";

/** The pages' own canvas, so that the window does not flash before they are drawn. */
const CANVAS = { light: "#f4f6f6", dark: "#101618" };
const SAVE_AFTER_MS = 500;

export function windowOf(contents: WebContents): BrowserWindow | null {
  return BrowserWindow.fromWebContents(contents);
}

function rememberState(window: BrowserWindow, file: StoredFile<WindowState>): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    if (!window.isDestroyed()) file.write({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  };
  window.on("resize", later);
  window.on("move", later);
  window.on("close", save);
}

/** Opens the window on the app's first page. @param dev origin of the dev server */
export function openWindow(state: StoredFile<WindowState>, dev: string | null): BrowserWindow {
  const { bounds, maximized } = state.read();
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...fitBounds(bounds, areas),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: "Shelfmatch",
    backgroundColor: nativeTheme.shouldUseDarkColors ? CANVAS.dark : CANVAS.light,
    icon,
    webPreferences: {
      preload: join(__dirname, "..", "preload", "index.js"),
      // All but the last are Electron's defaults today: said, so that no later default undoes them.
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // It would fetch dictionaries.
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  rememberState(window, state);
  void window.loadURL(`${dev ?? APP_ORIGIN}/`);
  return window;
}

/** Brings the window to the front, wherever it is. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
