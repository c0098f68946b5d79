import { z } from "zod";

/** What the desktop remembers beside the engine's configuration: it belongs to this person's machine, not to the data. */
export const desktopSettingsSchema = z.strictObject({
  theme: z.enum(["auto", "light", "dark"]).default("auto"),
  /** Of menus and dialogs, as chosen in the pages; `auto` is the system's. */
  language: z.enum(["auto", "en", "de"]).default("auto"),
  /** Whether the pages may use the camera; `ask` until the person was asked. */
  camera: z.enum(["ask", "allowed", "refused"]).default("ask"),
  /** Keys, in Electron's notation, that match the clipboard's picture from anywhere; null while nobody set any. */
  matchShortcut: z.string().min(1).max(80).nullable().default(null),
  /** Where the data lies; null for the usual place. */
  dataFolder: z.string().min(1).nullable().default(null),
});
export type DesktopSettings = z.infer<typeof desktopSettingsSchema>;

/** What a page may change by itself. The data folder is chosen in a native dialog. */
export const desktopChangesSchema = z
  .strictObject({
    theme: desktopSettingsSchema.shape.theme.unwrap(),
    language: desktopSettingsSchema.shape.language.unwrap(),
    camera: desktopSettingsSchema.shape.camera.unwrap(),
    matchShortcut: desktopSettingsSchema.shape.matchShortcut.unwrap(),
  })
  .partial();
