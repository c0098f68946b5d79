import type { Activity, ActivityAction, ActivityKind } from "../../../shared/contract/activity.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

/** What each kind of work is called, and the page that shows more of it. */
export const KINDS: Record<ActivityKind, { title: Message; href: (job: string) => string }> = {
  import: { title: msg("Importing products"), href: (job) => `/catalogue?import=${encodeURIComponent(job || "1")}` },
  export: { title: msg("Exporting products"), href: () => "/catalogue?export=1" },
  bulk: { title: msg("Bulk change"), href: () => "/catalogue" },
  batch: { title: msg("Batch"), href: (job) => `/batch?batch=${encodeURIComponent(job)}` },
  evaluation: { title: msg("Evaluation"), href: (job) => `/evaluate?run=${encodeURIComponent(job)}` },
  drafts: { title: msg("Drafting descriptions"), href: () => "/catalogue?drafts=1" },
  duplicates: { title: msg("Search for duplicates"), href: () => "/catalogue/duplicates" },
  map: { title: msg("Map of the catalogue"), href: () => "/map" },
  reembedding: { title: msg("Embedding the catalogue anew"), href: () => "/settings" },
  calibration: { title: msg("Calibration"), href: () => "/settings" },
  "stack-up": { title: msg("Starting the services"), href: () => "/stack" },
  "stack-down": { title: msg("Stopping the services"), href: () => "/stack" },
  move: { title: msg("Moving the catalogue"), href: () => "/stack" },
  backup: { title: msg("Backup"), href: () => "/settings?tab=data" },
  restore: { title: msg("Check of a backup"), href: () => "/settings?tab=data" },
};

export const ACTIONS: Record<ActivityAction, Message> = {
  pause: msg("Pause"),
  resume: msg("Resume"),
  cancel: msg("Cancel"),
  start: msg("Start"),
  undo: msg("Undo"),
};

const ENDS: Record<Activity["state"], Message> = {
  running: msg("Running"),
  paused: msg("Paused"),
  done: msg("Done"),
  failed: msg("Failed"),
  cancelled: msg("Cancelled"),
  suggested: msg("Worth doing"),
};

/** Why something is worth doing, by what the engine calls it. */
const REASONS: Record<string, Message> = {
  encoder: msg("The encoder is another one"),
  grown: msg("The catalogue has grown by half"),
  feedback: msg("Many answers were judged"),
};

/** What a bulk job does, by what the engine calls it. */
const BULK: Record<string, Message> = {
  edit: msg("Products changed"),
  delete: msg("Products deleted"),
  reindex: msg("Products indexed anew"),
  undo: msg("Taken back"),
};

/** 0 to 100; null where nobody knows how much there is. */
export function percentOf({ done, total }: Pick<Activity, "done" | "total">): number | null {
  if (total === null || total <= 0) return null;
  return Math.min(100, Math.floor((100 * done) / total));
}

/** "Running, 40 %, 2 failed"; "Done". */
export function stateLine(activity: Activity): string {
  const percent = percentOf(activity);
  const going = activity.state === "running" || activity.state === "paused";
  return [
    t(ENDS[activity.state]),
    going && percent !== null ? `${percent} %` : null,
    activity.problems > 0 ? t("{count} failed", { count: activity.problems }) : null,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

/** Of a bulk job the engine gives its kind as the name, of a move the profile, of what is suggested why: words, not names. */
export function nameOf({ kind, name, state }: Activity): string {
  if (state === "suggested") return REASONS[name] === undefined ? "" : t(REASONS[name]);
  if (kind === "bulk") return BULK[name] === undefined ? "" : t(BULK[name]);
  return kind === "move" || kind === "map" ? "" : name;
}
