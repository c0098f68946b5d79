import { basename, join } from "node:path";
import { app, type BrowserWindow, dialog } from "electron";
import { CATALOGUE_EXTENSIONS, PICTURE_EXTENSIONS } from "./opened-files.ts";

/** The system's own dialogs. @returns what was chosen; empty where nothing was */

async function ask(window: BrowserWindow | null, options: Electron.OpenDialogOptions): Promise<string[]> {
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? [] : filePaths;
}

export function choosePicture(window: BrowserWindow | null): Promise<string[]> {
  return ask(window, {
    title: "Match a picture",
    properties: ["openFile"],
    filters: [{ name: "Pictures", extensions: PICTURE_EXTENSIONS }],
  });
}

export function chooseCatalogue(window: BrowserWindow | null, folder: boolean): Promise<string[]> {
  return ask(window, {
    title: "Import products",
    properties: [folder ? "openDirectory" : "openFile"],
    ...(folder ? {} : { filters: [{ name: "Lists of products", extensions: CATALOGUE_EXTENSIONS }] }),
  });
}

export async function chooseFolder(window: BrowserWindow | null): Promise<string | null> {
  const [folder] = await ask(window, {
    title: "Folder for Shelfmatch's data",
    buttonLabel: "Use this folder",
    properties: ["openDirectory", "createDirectory", "promptToCreate"],
  });
  return folder ?? null;
}

/** Where to save a backup; the dialog itself asks before a file is written over. @returns null where nothing was chosen */
export async function chooseBackupFile(window: BrowserWindow | null, name: string): Promise<string | null> {
  const options: Electron.SaveDialogOptions = {
    title: "Back up to",
    buttonLabel: "Back up",
    // Of the page's word only a name is taken.
    defaultPath: join(app.getPath("documents"), basename(name)),
    filters: [{ name: "Backups", extensions: ["zip"] }],
  };
  const { canceled, filePath } = await (window === null
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options));
  return canceled || !filePath ? null : filePath;
}
