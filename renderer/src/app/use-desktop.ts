import { useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect } from "react";
import { useLocation } from "wouter";
import type { DesktopEvent } from "../../../shared/desktop/calls.ts";
import { useDesktopWork } from "../activity/use-desktop-work.ts";
import { desktop } from "../lib/desktop.ts";
import { useLanguage } from "../lib/i18n/language.ts";
import { showPicture } from "../match/actions.ts";

interface Doors {
  onShortcuts: () => void;
  onPalette: () => void;
}

/** What comes from outside the page: files that were opened, the menu, the desktop's own troubles. */
function useDesktopEvents({ onShortcuts, onPalette }: Doors): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const take = (event: DesktopEvent) => {
      switch (event.kind) {
        case "picture":
          navigate("/");
          showPicture(new File([event.bytes], event.name));
          return;
        case "catalogue":
          navigate("/catalogue?import=1");
          void import("../import/import-run.ts").then(({ preparePathImport }) => preparePathImport(event.path));
          return;
        case "problem":
          notifications.show({ message: event.message, color: "red", autoClose: 10_000 });
          return;
        case "go":
          navigate(event.path);
          return;
        case "shortcuts":
          onShortcuts();
          return;
        case "palette":
          onPalette();
      }
    };
    return desktop?.onEvent(take);
  }, [navigate, onShortcuts, onPalette]);
}

/** Frame, menus and dialogs follow the theme and the language of the pages. */
function useDesktopLooks(): void {
  const { colorScheme } = useMantineColorScheme();
  const language = useLanguage((state) => state.choice);
  useEffect(() => {
    void desktop?.update({ theme: colorScheme });
  }, [colorScheme]);
  useEffect(() => {
    void desktop?.update({ language });
  }, [language]);
}

/** Ties the pages to the desktop around them; in a browser it does nothing. */
export function useDesktop(doors: Doors): void {
  useDesktopEvents(doors);
  useDesktopLooks();
  useDesktopWork();
}
