import type { MantineColorScheme } from "@mantine/core";
import {
  IconBug,
  IconCamera,
  IconChartHistogram,
  IconChartLine,
  IconCopy,
  IconDatabaseExport,
  IconDatabaseImport,
  IconDownload,
  IconHistory,
  IconInfoCircle,
  IconKeyboard,
  IconLanguage,
  IconListDetails,
  IconPackageImport,
  IconPhoto,
  IconPhotoScan,
  IconPlayerPlay,
  IconPlus,
  IconSparkles,
  IconTrash,
} from "@tabler/icons-react";
import { navigate } from "wouter/use-browser-location";
import { SCHEMES } from "../lib/color-schemes.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { chooseLanguage, type LanguageChoice } from "../lib/i18n/language.ts";
import { useCamera } from "../match/camera-store.ts";
import { choosePicture } from "../match/input-controls.ts";
import type { Entry } from "./entry.ts";

/** A page as the shell knows it. */
export interface PageCommand {
  path: string;
  title: Message;
  icon: NonNullable<Entry["icon"]>;
}

interface Action {
  id: string;
  title: Message;
  /** Other words that it is looked for by. */
  words?: Message;
  icon: NonNullable<Entry["icon"]>;
  keys?: string;
  /** Where it happens; what it does there, where the address does not say. */
  href: string;
  act?: () => void;
}

const openCamera = () => useCamera.setState({ open: true, live: false });

/** What can be done, in the order of a day's work. An address says all of it wherever one can. */
const ACTIONS: readonly Action[] = [
  {
    id: "choose-picture",
    title: msg("Match a picture…"),
    words: msg("find recognise photo file open"),
    ...{ icon: IconPhoto, keys: "mod+O", href: "/", act: choosePicture },
  },
  {
    id: "camera",
    title: msg("Open the camera"),
    words: msg("webcam photograph live match"),
    ...{ icon: IconCamera, href: "/", act: openCamera },
  },
  {
    id: "new-batch",
    title: msg("Match many photos"),
    words: msg("batch folder zip"),
    icon: IconPhotoScan,
    href: "/batch",
  },
  {
    id: "add-product",
    title: msg("Add a product"),
    words: msg("new create"),
    icon: IconPlus,
    href: "/catalogue?add=1",
  },
  {
    id: "import",
    title: msg("Import products"),
    words: msg("load list table csv excel json parquet zip folder"),
    ...{ icon: IconPackageImport, href: "/catalogue?import=1" },
  },
  {
    id: "export",
    title: msg("Export the catalogue"),
    words: msg("save download csv excel json parquet"),
    ...{ icon: IconDownload, href: "/catalogue?export=1" },
  },
  {
    id: "duplicates",
    title: msg("Find duplicates"),
    words: msg("double twice merge same"),
    ...{ icon: IconCopy, href: "/catalogue/duplicates" },
  },
  {
    id: "drafts",
    title: msg("Review drafted descriptions"),
    words: msg("describe texts drafts"),
    ...{ icon: IconSparkles, href: "/catalogue?drafts=1" },
  },
  {
    id: "bin",
    title: msg("Deleted products"),
    words: msg("bin trash restore undo"),
    ...{ icon: IconTrash, href: "/catalogue?bin=1" },
  },
  {
    id: "new-evaluation",
    title: msg("New evaluation"),
    words: msg("measure recall test accuracy"),
    ...{ icon: IconChartHistogram, href: "/evaluate?new=1" },
  },
  {
    id: "runs",
    title: msg("Runs"),
    words: msg("answers matches history"),
    icon: IconHistory,
    href: "/journal?tab=runs",
  },
  {
    id: "errors",
    title: msg("Errors"),
    words: msg("problems faults logs"),
    icon: IconBug,
    href: "/journal?tab=errors",
  },
  {
    id: "charts",
    title: msg("Charts"),
    words: msg("latency throughput verdicts figures"),
    ...{ icon: IconChartLine, href: "/journal?tab=charts" },
  },
  {
    id: "follow",
    title: msg("Follow the journal"),
    words: msg("live tail logs"),
    ...{ icon: IconPlayerPlay, href: "/journal?follow=1" },
  },
  {
    id: "kept",
    title: msg("What the journal keeps"),
    words: msg("retention delete storage days"),
    ...{ icon: IconListDetails, href: "/journal?storage=1" },
  },
  {
    id: "backup",
    title: msg("Back up"),
    words: msg("save copy zip data folder"),
    ...{ icon: IconDatabaseExport, href: "/settings?tab=data" },
  },
  {
    id: "restore",
    title: msg("Restore a backup"),
    words: msg("load zip data folder"),
    ...{ icon: IconDatabaseImport, href: "/settings?tab=data" },
  },
  {
    id: "about",
    title: msg("About"),
    words: msg("version licences"),
    ...{ icon: IconInfoCircle, href: "/settings?tab=about" },
  },
];

const LANGUAGES: readonly { choice: LanguageChoice; name: string | null }[] = [
  { choice: "auto", name: null },
  { choice: "en", name: "English" },
  { choice: "de", name: "Deutsch" },
];

/** What else is typed for a message, whatever the language: its English. */
const english = (message: Message) => message.replace(/ \([^)]*\)$/, "");

/** Other words in the language of now, and in English. */
const both = (words: Message) => `${t(words)} ${words}`;

export interface Surroundings {
  pages: readonly PageCommand[];
  scheme: MantineColorScheme;
  setScheme: (scheme: MantineColorScheme) => void;
  language: LanguageChoice;
  showShortcuts: () => void;
  /** Tells the person that something could not be done. */
  fail: (message: string) => void;
}

function pageEntries(pages: readonly PageCommand[]): Entry[] {
  return pages.map(({ path, title, icon }, index) => ({
    ...{ id: `page:${path}`, group: "pages", title: t(title), words: english(title), icon, keys: `Alt+${index + 1}` },
    run: () => navigate(path),
  }));
}

function actionEntries(): Entry[] {
  return ACTIONS.map(({ id, title, words, icon, keys, href, act }) => ({
    ...{ id: `action:${id}`, group: "actions", title: t(title), icon, ...(keys === undefined ? {} : { keys }) },
    words: `${english(title)} ${words === undefined ? "" : both(words)}`,
    run() {
      navigate(href);
      act?.();
    },
  }));
}

/** Choices of how it looks, but for the one that is made already. */
function lookEntries({ scheme, setScheme, language, fail }: Surroundings): Entry[] {
  const schemes = SCHEMES.filter(({ value }) => value !== scheme).map(
    ({ value, label, icon }): Entry => ({
      ...{ id: `theme:${value}`, group: "actions", title: t("Theme: {name}", { name: t(label) }), icon },
      words: `${english(label)} ${both(msg("theme colours appearance mode"))}`,
      run: () => setScheme(value),
    }),
  );
  const languages = LANGUAGES.filter(({ choice }) => choice !== language).map(
    ({ choice, name }): Entry => ({
      ...{ id: `language:${choice}`, group: "actions", icon: IconLanguage, words: both(msg("language of the pages")) },
      title: t("Language: {name}", { name: name ?? t("As the system") }),
      run: () =>
        void chooseLanguage(choice).catch(() => fail(t("The words of this language could not be loaded. Try again."))),
    }),
  );
  return [...schemes, ...languages];
}

/** Every page and every action, in the language of now. */
export function commandEntries(surroundings: Surroundings): Entry[] {
  const help: Entry = {
    ...{ id: "action:shortcuts", group: "actions", title: t("Keyboard shortcuts"), icon: IconKeyboard, keys: "?" },
    words: both(msg("keyboard shortcuts help")),
    run: surroundings.showShortcuts,
  };
  return [...pageEntries(surroundings.pages), ...actionEntries(), ...lookEntries(surroundings), help];
}
