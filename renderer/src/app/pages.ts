import {
  IconBoxSeam,
  IconChartDots3,
  IconChartHistogram,
  IconNotebook,
  IconPhotoScan,
  IconPhotoSearch,
  IconSettings,
  IconStack2,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";
import { msg } from "../lib/i18n/i18n.ts";
import { loadWords } from "../lib/i18n/language.ts";
import type { Folder } from "../lib/i18n/messages.ts";

/** A page's code and the words of the folders that it shows, loaded beside each other when it is first opened. */
function page(load: () => Promise<ComponentType>, ...words: Folder[]) {
  return lazy(async () => {
    const [component] = await Promise.all([load(), loadWords(...words)]);
    return { default: component };
  });
}

/** Every page: its address, how the navigation names it, and its code, loaded when it is first opened. */
export const pages = [
  {
    path: "/",
    title: msg("Match (the page)"),
    icon: IconPhotoSearch,
    component: page(() => import("../match/match-page.tsx").then((module) => module.MatchPage), "match", "feedback"),
  },
  {
    path: "/catalogue",
    title: msg("Catalogue"),
    icon: IconBoxSeam,
    component: page(
      () => import("../catalog/catalog-page.tsx").then((module) => module.CatalogPage),
      "catalog",
      "import",
    ),
  },
  {
    path: "/journal",
    title: msg("Journal"),
    icon: IconNotebook,
    component: page(() => import("../logs/logs-page.tsx").then((module) => module.LogsPage), "logs", "feedback"),
  },
  {
    path: "/batch",
    title: msg("Batch"),
    icon: IconPhotoScan,
    component: page(() => import("../batch/batch-page.tsx").then((module) => module.BatchPage), "batch"),
  },
  {
    path: "/evaluate",
    title: msg("Evaluate"),
    icon: IconChartHistogram,
    component: page(() => import("../evaluate/evaluate-page.tsx").then((module) => module.EvaluatePage), "evaluate"),
  },
  {
    path: "/map",
    title: msg("Map"),
    icon: IconChartDots3,
    component: page(() => import("../map/map-page.tsx").then((module) => module.MapPage), "map"),
  },
  {
    path: "/stack",
    title: msg("Stack"),
    icon: IconStack2,
    component: page(() => import("../stack/stack-page.tsx").then((module) => module.StackPage), "stack", "settings"),
  },
  {
    path: "/settings",
    title: msg("Settings"),
    icon: IconSettings,
    component: page(
      () => import("../settings/settings-page.tsx").then((module) => module.SettingsPage),
      "settings",
      "stack",
    ),
  },
] as const;

/** A page of the catalogue's own, that the navigation does not name. */
export const DuplicatesPage = page(
  () => import("../duplicates/duplicates-page.tsx").then((module) => module.DuplicatesPage),
  "duplicates",
  "catalog",
);

/** One batch, under its own address. */
export const BatchReviewPage = page(
  () => import("../batch/review-page.tsx").then((module) => module.ReviewPage),
  "batch",
);
