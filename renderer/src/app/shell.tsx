import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { lazy, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import { t } from "../lib/i18n/i18n.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Navigation } from "./navigation.tsx";
import { NotFound } from "./not-found.tsx";
import { PageSkeleton } from "./page-skeleton.tsx";
import { BatchReviewPage, DuplicatesPage, pages } from "./pages.ts";
import classes from "./shell.module.css";

import { useDesktop } from "./use-desktop.ts";
import { usePageFocus } from "./use-page-focus.ts";
import { usePalette } from "./use-palette.ts";

/** Fetched when it is first asked for: what a first load need not wait for. */
const ShortcutsHelp = lazy(() => import("./shortcuts-help.tsx").then((module) => ({ default: module.ShortcutsHelp })));

export function Shell() {
  const [path, navigate] = useLocation();
  const [helpOpen, help] = useDisclosure(false);
  usePageFocus(path);
  const palette = usePalette();
  useDesktop({ onShortcuts: help.open, onPalette: palette.open });
  useHotkeys([
    ["shift+?", help.toggle],
    ...pages.map((page, index): [string, () => void] => [`alt+${index + 1}`, () => navigate(page.path)]),
  ]);

  return (
    <div className={classes.shell}>
      <a className="skip-link" href="#main">
        {t("Skip to the page")}
      </a>
      <Navigation path={path} onHelp={help.open} onPalette={palette.open} onPaletteNear={palette.fetchAhead} />
      <main id="main" className={classes.main} tabIndex={-1}>
        <ConnectionBanner />
        <div className={classes.page}>
          <ErrorBoundary key={path}>
            <Suspense fallback={<PageSkeleton />}>
              <Switch>
                {pages.map((page) => (
                  <Route key={page.path} path={page.path} component={page.component} />
                ))}
                <Route path="/catalogue/duplicates" component={DuplicatesPage} />
                <Route path="/batch/:id" component={BatchReviewPage} />
                <Route component={NotFound} />
              </Switch>
            </Suspense>
          </ErrorBoundary>
        </div>
      </main>
      {palette.Palette !== null && <palette.Palette pages={pages} onShortcuts={help.open} onClose={palette.close} />}
      <Suspense>{helpOpen && <ShortcutsHelp opened onClose={help.close} />}</Suspense>
    </div>
  );
}
