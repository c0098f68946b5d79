import { z } from "zod";
import { type DesktopSettings, desktopChangesSchema } from "./settings.ts";

/** What a page may ask of the desktop's main process, beside the contract: each call with the schema of its input. */

/** Long work that the task bar shows. */
export const workSchema = z.strictObject({
  title: z.string().max(120),
  /** 0 to 1; null while nobody knows how much there is. */
  share: z.number().min(0).max(1).nullable(),
});
export type Work = z.infer<typeof workSchema>;

export const noticeSchema = z.strictObject({ title: z.string().max(120), body: z.string().max(400) });
export type Notice = z.infer<typeof noticeSchema>;

const folderSchema = z.enum(["data", "logs", "crashes"]);

const nothing = z.undefined();

export const desktopCallInputs = {
  /** Asks for a port to the engine, now and whenever a new engine runs; and for files that wait to be opened. */
  connect: nothing,
  state: nothing,
  update: desktopChangesSchema,
  chooseDataFolder: nothing,
  /** Back to the usual place. */
  resetDataFolder: nothing,
  showFolder: folderSchema,
  /** Asks where to save a backup; null where nobody wants it saved. */
  chooseBackupFile: z.strictObject({ name: z.string().min(1).max(120) }),
  /** Asks for a folder of photos to match; null where none was chosen. */
  choosePictureFolder: nothing,
  /** Ends the engine and starts it again, on the same data folder: a restore takes place then. */
  restartEngine: nothing,
  showWork: workSchema.nullable(),
  notify: noticeSchema,
};
export type DesktopCallName = keyof typeof desktopCallInputs;
export type DesktopCallInput<Name extends DesktopCallName> = z.infer<(typeof desktopCallInputs)[Name]>;

export interface DesktopState {
  settings: DesktopSettings;
  /** The data folder is given by the command line or the environment: not to be chosen. */
  dataFolderFixed: boolean;
  /** Why the global shortcut does not work, in a sentence; null where it does or none is set. */
  shortcutProblem: string | null;
  versions: { app: string; electron: string; chromium: string };
}

export interface DesktopCallOutputs {
  connect: undefined;
  state: DesktopState;
  update: DesktopState;
  chooseDataFolder: DesktopState;
  resetDataFolder: DesktopState;
  showFolder: undefined;
  chooseBackupFile: string | null;
  choosePictureFolder: string | null;
  restartEngine: undefined;
  showWork: undefined;
  notify: undefined;
}

export type EngineState =
  | { kind: "starting" }
  | { kind: "ready"; address: string }
  | { kind: "gone" }
  /** It can't start, and why; it is tried again all the same. */
  | { kind: "failed"; code: string; message: string };

/** What the main process tells a page. */
export type DesktopEvent =
  | { kind: "engine"; state: EngineState }
  | { kind: "state"; state: DesktopState }
  /** A picture to match: opened with the app, dropped on its icon, chosen in the menu, or taken from the clipboard. */
  | { kind: "picture"; name: string; bytes: Uint8Array<ArrayBuffer> }
  /** A file or folder of products to import. */
  | { kind: "catalogue"; path: string }
  | { kind: "problem"; message: string }
  | { kind: "go"; path: string }
  | { kind: "shortcuts" }
  /** The command palette is to open. */
  | { kind: "palette" };
