import { basename, join } from "node:path";
import { app, type BrowserWindow, dialog } from "electron";
import { CATALOGUE_EXTENSIONS, PICTURE_EXTENSIONS } from "./opened-files.ts";
import { words } from "./words.ts";

/** The system's own dialogs. @returns what was chosen; empty where nothing was */

async function ask(window: BrowserWindow | null, options: Electron.OpenDialogOptions): Promise<string[]> {
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? [] : filePaths;
}

export function choosePicture(window: BrowserWindow | null): Promise<string[]> {
  return ask(window, {
    title: words().choosePicture,
    properties: ["openFile"],
    filters: [{ name: words().pictures, extensions: PICTURE_EXTENSIONS }],
  });
}

export function chooseCatalogue(window: BrowserWindow | null, folder: boolean): Promise<string[]> {
  return ask(window, {
    title: words().chooseProducts,
    properties: [folder ? "openDirectory" : "openFile"],
    ...(folder ? {} : { filters: [{ name: words().lists, extensions: CATALOGUE_EXTENSIONS }] }),
  });
}

export async function chooseFolder(window: BrowserWindow | null): Promise<string | null> {
  const [folder] = await ask(window, {
    title: words().dataFolder,
    buttonLabel: words().useFolder,
    properties: ["openDirectory", "createDirectory", "promptToCreate"],
  });
  return folder ?? null;
}

/** Photos that are read in place. */
export async function choosePictureFolder(window: BrowserWindow | null): Promise<string | null> {
  const [folder] = await ask(window, { title: words().choosePhotos, properties: ["openDirectory"] });
  return folder ?? null;
}

/** Where to save a backup; the dialog itself asks before a file is written over. @returns null where nothing was chosen */
export async function chooseBackupFile(window: BrowserWindow | null, name: string): Promise<string | null> {
  const options: Electron.SaveDialogOptions = {
    title: words().backUpTo,
    buttonLabel: words().backUp,
    // Of the page's word only a name is taken.
    defaultPath: join(app.getPath("documents"), basename(name)),
    filters: [{ name: words().backups, extensions: ["zip"] }],
  };
  const { canceled, filePath } = await (window === null
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options));
  return canceled || !filePath ? null : filePath;
}
