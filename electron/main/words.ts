import { app } from "electron";
import type { DesktopSettingsStore } from "./desktop-settings.ts";

/** What menus, dialogs and notices of the desktop itself say. The pages have their own (docs/decisions/0026-words.md). */

const en = {
  matchPage: "Match",
  cataloguePage: "Catalogue",
  journalPage: "Journal",
  batchPage: "Batch",
  evaluatePage: "Evaluate",
  stackPage: "Stack",
  settings: "Settings…",
  file: "File",
  view: "View",
  openPicture: "Match a picture…",
  matchClipboard: "Match the clipboard's picture",
  importList: "Import a list…",
  importFolder: "Import a folder…",
  palette: "Search and commands…",
  shortcuts: "Keyboard shortcuts",
  showData: "Show the data folder",
  showLogs: "Show the logs",
  choosePicture: "Match a picture",
  pictures: "Pictures",
  choosePhotos: "Folder of photos to match",
  chooseProducts: "Import products",
  lists: "Lists of products",
  dataFolder: "Folder for Shelfmatch's data",
  useFolder: "Use this folder",
  backUpTo: "Back up to",
  backUp: "Back up",
  backups: "Backups",
  cameraQuestion: "Let Shelfmatch use the camera?",
  cameraDetail:
    "Photos are matched on this machine and go nowhere else. The answer is remembered; the settings page has it, under This app.",
  allow: "Allow",
  refuse: "Don't allow",
  emptyClipboard: "There is no picture on the clipboard. Copy one, then try again.",
} as const;

type Words = Record<keyof typeof en, string>;

const de: Words = {
  matchPage: "Erkennen",
  cataloguePage: "Katalog",
  journalPage: "Protokoll",
  batchPage: "Stapel",
  evaluatePage: "Auswertung",
  stackPage: "Stack",
  settings: "Einstellungen…",
  file: "Datei",
  view: "Ansicht",
  openPicture: "Bild erkennen…",
  matchClipboard: "Bild aus der Zwischenablage erkennen",
  importList: "Liste importieren…",
  importFolder: "Ordner importieren…",
  palette: "Suche und Befehle…",
  shortcuts: "Tastenkürzel",
  showData: "Datenordner zeigen",
  showLogs: "Logs zeigen",
  choosePicture: "Bild erkennen",
  pictures: "Bilder",
  choosePhotos: "Ordner mit Fotos, die erkannt werden sollen",
  chooseProducts: "Produkte importieren",
  lists: "Produktlisten",
  dataFolder: "Ordner für die Daten von Shelfmatch",
  useFolder: "Diesen Ordner verwenden",
  backUpTo: "Sichern nach",
  backUp: "Sichern",
  backups: "Sicherungen",
  cameraQuestion: "Darf Shelfmatch die Kamera benutzen?",
  cameraDetail:
    "Fotos werden auf diesem Rechner verglichen und gehen nirgendwohin. Die Antwort wird gemerkt; sie steht in den Einstellungen unter „Diese App“.",
  allow: "Erlauben",
  refuse: "Nicht erlauben",
  emptyClipboard: "In der Zwischenablage ist kein Bild. Eines kopieren, dann erneut versuchen.",
};

let choice: DesktopSettingsStore["current"]["language"] = "auto";

/** Follows the language that was chosen in the pages. @param onChange what shows words that stay, such as a menu */
export function followLanguage(settings: DesktopSettingsStore, onChange: () => void): void {
  choice = settings.current.language;
  settings.onChange(({ language }) => {
    if (language === choice) return;
    choice = language;
    onChange();
  });
}

/** In the language of now; the system's where none was chosen, which is known once the app is ready. */
export function words(): Words {
  const language = choice === "auto" ? app.getLocale() : choice;
  return language.startsWith("de") ? de : en;
}
