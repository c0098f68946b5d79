import { useEffect, useRef } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { pages } from "./pages.ts";

/** After a change of page, names it in the window's title and moves the focus to its heading. */
export function usePageFocus(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    const page = pages.find((one) => one.path === path);
    document.title = page === undefined ? "Shelfmatch" : `${t(page.title)} · Shelfmatch`;
    if (first.current) {
      first.current = false;
      return;
    }
    // The page's code may still be on its way: wait for its heading, but not for ever.
    let tries = 0;
    const timer = setInterval(() => {
      const heading = document.querySelector<HTMLElement>("[data-page-title]");
      tries += 1;
      if (heading !== null) heading.focus({ preventScroll: true });
      if (heading !== null || tries > 40) clearInterval(timer);
    }, 50);
    return () => clearInterval(timer);
  }, [path]);
}
