import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Activity } from "../../../shared/contract/activity.ts";
import { desktop } from "../lib/desktop.ts";
import { activitiesQuery } from "./activity-store.ts";
import { noticesOf, workOf } from "./desktop-work.ts";

/** Shows long work on the task bar, and says when it is over to somebody who looks elsewhere by then. */
export function useDesktopWork(): void {
  const { data } = useQuery({ ...activitiesQuery, enabled: desktop !== null });
  const before = useRef<readonly Activity[] | null>(null);
  useEffect(() => {
    if (desktop === null || data === undefined) return;
    void desktop.showWork(workOf(data));
    // What had ended before the first look was told then, or is old.
    for (const notice of before.current === null ? [] : noticesOf(data, before.current)) void desktop.notify(notice);
    before.current = data;
  }, [data]);
}
