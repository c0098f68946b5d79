import { useHotkeys, useWindowEvent } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useCallback, useState } from "react";
import { t } from "../lib/i18n/i18n.ts";
import { loadWords } from "../lib/i18n/language.ts";

const load = () => import("../palette/palette.tsx");
type Palette = Awaited<ReturnType<typeof load>>["Palette"];

/** Said when it is opened, and by then tried once more. */
const fetchAhead = () => void load().catch(() => undefined);

/** The command palette: its code and words come when it is first opened. Its keys work in fields as well. */
export function usePalette() {
  const [shown, setShown] = useState<{ Palette: Palette } | null>(null);
  const open = useCallback(() => {
    Promise.all([load(), loadWords("palette", "settings", "logs")]).then(
      ([{ Palette }]) => setShown({ Palette }),
      () => notifications.show({ color: "red", message: t("The commands could not be loaded. Try again.") }),
    );
  }, []);
  const close = useCallback(() => setShown(null), []);
  useHotkeys([["mod+K", shown === null ? open : close]], []);
  // The first half of its keys: by the second it is there, and nothing that is typed goes astray.
  useWindowEvent("keydown", ({ key }) => {
    if (key === "Control" || key === "Meta") fetchAhead();
  });
  return { Palette: shown?.Palette ?? null, open, close, fetchAhead };
}
