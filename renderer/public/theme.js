// Theme and language. Runs before the first paint, so that a dark window does not flash white, and is read aloud in its language. A file of its own: no inline scripts.
// The keys are Mantine's (localStorageColorSchemeManager) and renderer/src/lib/i18n/language.ts's.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // Storage is blocked: the system's scheme it is.
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
