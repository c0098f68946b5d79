import { create } from "zustand";
import { i18n } from "./i18n.ts";
import { type Folder, GERMAN } from "./messages.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
/** `auto` follows the browser, or the system under the desktop. */
export type LanguageChoice = "auto" | Language;

/** Also read by public/theme.js, before the first paint. */
const KEY = "shelfmatch-language";

/** What every page shows. */
const EVERYWHERE: readonly Folder[] = ["app", "lib", "activity"];

function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((one) => one === value);
}

function stored(): LanguageChoice {
  try {
    const value = localStorage.getItem(KEY);
    return isLanguage(value) ? value : "auto";
  } catch {
    return "auto";
  }
}

const systems = (): readonly string[] => globalThis.navigator?.languages ?? [];

/** The first of the system's languages that the pages have; English where there is none. */
export function languageOf(choice: LanguageChoice, wanted: readonly string[] = systems()): Language {
  if (choice !== "auto") return choice;
  for (const tag of wanted) {
    const [language] = tag.split("-");
    if (isLanguage(language)) return language;
  }
  return "en";
}

/** For numbers and dates: the system's own region where it speaks the language ("de-CH"), or the language alone. */
export function localeOf(language: Language, wanted: readonly string[] = systems()): string {
  return wanted.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}

interface LanguageState {
  choice: LanguageChoice;
  language: Language;
  /** BCP 47, for Intl. */
  locale: string;
  /** Counts the folders that came: what is shown is said anew. */
  loaded: number;
}

export const useLanguage = create<LanguageState>()(() => ({
  choice: "auto",
  language: "en",
  locale: localeOf("en"),
  loaded: 0,
}));

const needed = new Set<Folder>(EVERYWHERE);
const here = new Set<Folder>();

async function load(folders: Iterable<Folder>): Promise<void> {
  const missing = [...folders].filter((folder) => !here.has(folder));
  const words = await Promise.all(missing.map((folder) => GERMAN[folder]()));
  for (const folder of missing) here.add(folder);
  i18n.load("de", Object.assign({}, ...words.map(({ de }) => de)));
}

/** The words of folders in the language of now: a page's, before it is shown. In English there is nothing to load. */
export async function loadWords(...folders: Folder[]): Promise<void> {
  for (const folder of folders) needed.add(folder);
  if (useLanguage.getState().language !== "de") return;
  await load(folders);
}

/** What was not asked for by any page may be said all the same: a notice, a menu. */
function loadRestWhenIdle(): void {
  const later = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 500));
  later(() => {
    void load(Object.keys(GERMAN) as Folder[]).then(() =>
      useLanguage.setState(({ loaded }) => ({ loaded: loaded + 1 })),
    );
  });
}

/**
 * Shows the pages in a language, and keeps the choice for the next start.
 * @throws when the words could not be loaded; the language stays as it was
 */
export async function chooseLanguage(choice: LanguageChoice): Promise<void> {
  await show(choice);
  try {
    if (choice === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Storage is blocked: it holds until the page is left.
  }
}

async function show(choice: LanguageChoice): Promise<void> {
  const language = languageOf(choice);
  if (language === "de") await load(needed);
  const locale = localeOf(language);
  i18n.activate(language, [locale, language]);
  document.documentElement.lang = language;
  useLanguage.setState({ choice, language, locale });
  if (language === "de") loadRestWhenIdle();
}

/** Before the first page is shown. Without its words it is shown in English: better than nothing at all. */
export async function startLanguage(): Promise<void> {
  await show(stored()).catch(() => undefined);
}
