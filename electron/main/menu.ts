import { app, Menu, type MenuItemConstructorOptions, shell } from "electron";
import { words } from "./words.ts";

export interface MenuActions {
  openPicture(): void;
  importFile(): void;
  importFolder(): void;
  matchClipboard(): void;
  go(path: string): void;
  showPalette(): void;
  showShortcuts(): void;
  showData(): void;
  logs: string;
}

const PAGES = [
  ["matchPage", "/"],
  ["cataloguePage", "/catalogue"],
  ["journalPage", "/journal"],
  ["batchPage", "/batch"],
  ["evaluatePage", "/evaluate"],
  ["stackPage", "/stack"],
] as const;

/** The menu, with the keys that the pages name too. What it takes from the system (copy, quit) is in its language. */
export function setMenu(actions: MenuActions): void {
  const say = words();
  const mac = process.platform === "darwin";
  const settings: MenuItemConstructorOptions = {
    label: say.settings,
    accelerator: "CmdOrCtrl+,",
    click: () => actions.go("/settings"),
  };
  const appMenu: MenuItemConstructorOptions[] = mac
    ? [
        {
          role: "appMenu",
          submenu: [
            { role: "about" },
            { type: "separator" },
            settings,
            { type: "separator" },
            { role: "hide" },
            { role: "hideOthers" },
            { role: "unhide" },
            { type: "separator" },
            { role: "quit" },
          ],
        },
      ]
    : [];
  const file: MenuItemConstructorOptions[] = [
    { label: say.openPicture, accelerator: "CmdOrCtrl+O", click: actions.openPicture },
    { label: say.matchClipboard, accelerator: "CmdOrCtrl+Shift+V", click: actions.matchClipboard },
    { type: "separator" },
    { label: say.importList, accelerator: "CmdOrCtrl+I", click: actions.importFile },
    { label: say.importFolder, click: actions.importFolder },
    { type: "separator" },
    ...(mac ? [{ role: "close" as const }] : [settings, { type: "separator" as const }, { role: "quit" as const }]),
  ];
  const view: MenuItemConstructorOptions[] = [
    // The pages hear the keys themselves, in fields too: here they are only shown.
    { label: say.palette, accelerator: "CmdOrCtrl+K", registerAccelerator: false, click: actions.showPalette },
    { type: "separator" },
    ...PAGES.map(([label, path]) => ({ label: say[label], click: () => actions.go(path) })),
    { type: "separator" },
    { role: "resetZoom" },
    { role: "zoomIn" },
    { role: "zoomOut" },
    { type: "separator" },
    { role: "togglefullscreen" },
    ...(app.isPackaged ? [] : [{ role: "reload" as const }, { role: "toggleDevTools" as const }]),
  ];
  const help: MenuItemConstructorOptions[] = [
    { label: say.shortcuts, click: actions.showShortcuts },
    { type: "separator" },
    { label: say.showData, click: actions.showData },
    { label: say.showLogs, click: () => void shell.openPath(actions.logs) },
    ...(mac ? [] : [{ type: "separator" as const }, { role: "about" as const }]),
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...appMenu,
      { label: say.file, submenu: file },
      { role: "editMenu" },
      { label: say.view, submenu: view },
      { role: "windowMenu" },
      { role: "help", submenu: help },
    ]),
  );
  app.setAboutPanelOptions({ applicationName: "Shelfmatch", applicationVersion: app.getVersion(), version: "" });
}
