import { type BrowserWindow, dialog } from "electron";
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
