import { lazy, Suspense, useState } from "react";
import { ThemeButton } from "./theme-button.tsx";

const ThemeChoices = lazy(() => import("./theme-choices.tsx").then((module) => ({ default: module.ThemeChoices })));

/** The menu is loaded when it is first opened. */
export function ThemeMenu() {
  const [wanted, setWanted] = useState(false);
  if (!wanted) return <ThemeButton onClick={() => setWanted(true)} />;
  return (
    <Suspense fallback={<ThemeButton />}>
      <ThemeChoices />
    </Suspense>
  );
}
