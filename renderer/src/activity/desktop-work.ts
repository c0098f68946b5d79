import type { Activity } from "../../../shared/contract/activity.ts";
import type { Notice, Work } from "../../../shared/desktop/calls.ts";
import { t } from "../lib/i18n/i18n.ts";
import { errorText } from "../lib/problem.ts";
import { KINDS, nameOf } from "./activity-words.ts";

/** Long work for somebody who looks elsewhere: what the task bar shows of it, and what is said when it ends. */

export const running = (activities: readonly Activity[]) => activities.filter(({ state }) => state === "running");

/** @returns 0 to 1, the mean of what says how much there is; null where nothing does */
export function shareOf(activities: readonly Pick<Activity, "done" | "total">[]): number | null {
  const shares = activities.flatMap(({ done, total }) =>
    total === null || total <= 0 ? [] : [Math.min(1, done / total)],
  );
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** "Importing products"; "3 jobs". */
export function titleOf(activities: readonly Activity[]): string {
  const [first, ...others] = activities;
  if (first !== undefined && others.length === 0) return t(KINDS[first.kind].title);
  return t("{count, plural, one {# job} other {# jobs}}", { count: activities.length });
}

/** @returns null where nothing runs */
export function workOf(activities: readonly Activity[]): Work | null {
  const now = running(activities);
  return now.length === 0 ? null : { title: titleOf(now).slice(0, 120), share: shareOf(now) };
}

/** What has ended by itself since the last look; what began and ended between two looks as well. */
export function noticesOf(now: readonly Activity[], before: readonly Activity[]): Notice[] {
  const states = new Map(before.map(({ id, state }) => [id, state]));
  const going = (state: Activity["state"] | undefined) =>
    state === undefined || state === "running" || state === "paused";
  return now.flatMap((activity) => {
    const { id, kind, state, error } = activity;
    if ((state !== "done" && state !== "failed") || !going(states.get(id))) return [];
    const work = t(KINDS[kind].title);
    const title = state === "done" ? t("{work}: done", { work }) : t("{work}: failed", { work });
    return [{ title: title.slice(0, 120), body: (error === null ? nameOf(activity) : errorText(error)).slice(0, 400) }];
  });
}
