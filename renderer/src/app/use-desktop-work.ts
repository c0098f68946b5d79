import { useEffect } from "react";
import { isOver, percentDone, progressLine } from "../catalog/import-state.ts";
import { useImport } from "../catalog/import-store.ts";
import { desktop } from "../lib/desktop.ts";

const OUTCOMES = { done: "Import done", failed: "The import failed", cancelled: "The import was cancelled" } as const;

/** Shows an import on the task bar, and says when it is over to somebody who looks elsewhere by then. */
export function useDesktopWork(): void {
  useEffect(() => {
    if (desktop === null) return;
    const { showWork, notify } = desktop;
    return useImport.subscribe(({ progress }, before) => {
      if (progress === null || progress === before.progress) return;
      if (!isOver(progress)) {
        const percent = percentDone(progress);
        void showWork({ title: "Importing products", share: percent === null ? null : percent / 100 });
        return;
      }
      void showWork(null);
      const watched = before.progress !== null && !isOver(before.progress);
      if (!watched || !(progress.state in OUTCOMES)) return;
      const title = OUTCOMES[progress.state as keyof typeof OUTCOMES];
      void notify({ title, body: progress.error?.message ?? progressLine(progress) });
    });
  }, []);
}
