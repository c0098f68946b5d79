/**
 * German, folder by folder: loaded with the page that needs it, and only where German is chosen. English is the
 * messages themselves.
 */
export const GERMAN = {
  activity: () => import("../../activity/de.ts"),
  app: () => import("../../app/de.ts"),
  lib: () => import("../de.ts"),
  palette: () => import("../../palette/de.ts"),
  match: () => import("../../match/de.ts"),
  feedback: () => import("../../feedback/de.ts"),
  catalog: () => import("../../catalog/de.ts"),
  batch: () => import("../../batch/de.ts"),
  import: () => import("../../import/de.ts"),
  logs: () => import("../../logs/de.ts"),
  evaluate: () => import("../../evaluate/de.ts"),
  duplicates: () => import("../../duplicates/de.ts"),
  map: () => import("../../map/de.ts"),
  stack: () => import("../../stack/de.ts"),
  settings: () => import("../../settings/de.ts"),
} as const;

/** A folder of the pages that has words. */
export type Folder = keyof typeof GERMAN;

type Words = Awaited<ReturnType<(typeof GERMAN)[Folder]>>["de"];
type KeysOf<Each> = Each extends unknown ? keyof Each & string : never;

/** The keys of all folders. */
export type MessageKey = KeysOf<Words>;
