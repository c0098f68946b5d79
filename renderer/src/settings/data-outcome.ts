import type { Notice, Work } from "../../../shared/desktop/calls.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import type { DataWork } from "./data-work.ts";

/** A backup, or the check of one, for somebody who looks elsewhere: how far it is, and how it ended. */

const TITLES = { backup: msg("Backing up"), check: msg("Checking a backup") } as const;

/** @returns null where nothing runs */
export function dataShare(work: DataWork | null): Work | null {
  if (work?.state !== "running") return null;
  return { title: t(TITLES[work.what]), share: work.total === 0 ? null : Math.min(1, work.done / work.total) };
}

/** @returns null but for the change with which it ended by itself */
export function dataNotice(work: DataWork | null, before: DataWork | null): Notice | null {
  if (work === null || before?.state !== "running" || work.state === "running" || work.state === "stopped") return null;
  const failed = work.state === "failed";
  if (work.what === "check") {
    return failed
      ? { title: t("The backup can't be restored"), body: work.problem?.message ?? "" }
      : { title: t("The backup is checked"), body: t("It can be restored, on the page Settings.") };
  }
  return failed
    ? { title: t("The backup failed"), body: work.problem?.message ?? "" }
    : { title: t("Backup done"), body: work.backup?.file ?? "" };
}
