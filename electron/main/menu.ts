import { app, Menu, type MenuItemConstructorOptions, shell } from "electron";

export interface MenuActions {
  openPicture(): void;
  importFile(): void;
  importFolder(): void;
  matchClipboard(): void;
  go(path: string): void;
  showShortcuts(): void;
  showData(): void;
  logs: string;
}

const PAGES = [
  ["Match", "/"],
  ["Catalogue", "/catalogue"],
  ["Journal", "/journal"],
  ["Evaluate", "/evaluate"],
  ["Stack", "/stack"],
] as const;

/** The menu, with the keys that the pages name too. */
export function setMenu(actions: MenuActions): void {
  const mac = process.platform === "darwin";
  const settings: MenuItemConstructorOptions = {
    label: "Settings…",
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
    { label: "Match a picture…", accelerator: "CmdOrCtrl+O", click: actions.openPicture },
    { label: "Match the clipboard's picture", accelerator: "CmdOrCtrl+Shift+V", click: actions.matchClipboard },
    { type: "separator" },
    { label: "Import a list…", accelerator: "CmdOrCtrl+I", click: actions.importFile },
    { label: "Import a folder…", click: actions.importFolder },
    { type: "separator" },
    ...(mac ? [{ role: "close" as const }] : [settings, { type: "separator" as const }, { role: "quit" as const }]),
  ];
  const view: MenuItemConstructorOptions[] = [
    ...PAGES.map(([label, path]) => ({ label, click: () => actions.go(path) })),
    { type: "separator" },
    { role: "resetZoom" },
    { role: "zoomIn" },
    { role: "zoomOut" },
    { type: "separator" },
    { role: "togglefullscreen" },
    ...(app.isPackaged ? [] : [{ role: "reload" as const }, { role: "toggleDevTools" as const }]),
  ];
  const help: MenuItemConstructorOptions[] = [
    { label: "Keyboard shortcuts", click: actions.showShortcuts },
    { type: "separator" },
    { label: "Show the data folder", click: actions.showData },
    { label: "Show the logs", click: () => void shell.openPath(actions.logs) },
    ...(mac ? [] : [{ type: "separator" as const }, { role: "about" as const }]),
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...appMenu,
      { label: "File", submenu: file },
      { role: "editMenu" },
      { label: "View", submenu: view },
      { role: "windowMenu" },
      { role: "help", submenu: help },
    ]),
  );
  app.setAboutPanelOptions({ applicationName: "Shelfmatch", applicationVersion: app.getVersion(), version: "" });
}
