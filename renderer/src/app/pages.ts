import {
  IconBoxSeam,
  IconChartHistogram,
  IconNotebook,
  IconPhotoSearch,
  IconSettings,
  IconStack2,
} from "@tabler/icons-react";
import { lazy } from "react";

/** Every page: its address, how the navigation names it, and its code, loaded when it is first opened. */
export const pages = [
  {
    path: "/",
    title: "Match",
    icon: IconPhotoSearch,
    component: lazy(() => import("../match/match-page.tsx").then((module) => ({ default: module.MatchPage }))),
  },
  {
    path: "/catalogue",
    title: "Catalogue",
    icon: IconBoxSeam,
    component: lazy(() => import("../catalog/catalog-page.tsx").then((module) => ({ default: module.CatalogPage }))),
  },
  {
    path: "/journal",
    title: "Journal",
    icon: IconNotebook,
    component: lazy(() => import("../logs/logs-page.tsx").then((module) => ({ default: module.LogsPage }))),
  },
  {
    path: "/evaluate",
    title: "Evaluate",
    icon: IconChartHistogram,
    component: lazy(() => import("../evaluate/evaluate-page.tsx").then((module) => ({ default: module.EvaluatePage }))),
  },
  {
    path: "/stack",
    title: "Stack",
    icon: IconStack2,
    component: lazy(() => import("../stack/stack-page.tsx").then((module) => ({ default: module.StackPage }))),
  },
  {
    path: "/settings",
    title: "Settings",
    icon: IconSettings,
    component: lazy(() => import("../settings/settings-page.tsx").then((module) => ({ default: module.SettingsPage }))),
  },
] as const;

/** A page of the catalogue's own, that the navigation does not name. */
export const DuplicatesPage = lazy(() =>
  import("../duplicates/duplicates-page.tsx").then((module) => ({ default: module.DuplicatesPage })),
);
