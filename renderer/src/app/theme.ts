import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent. Shade 7 on white and white on shade 7 both pass 4.5:1. */
const pine: MantineColorsTuple = [
  "#e9f6f3",
  "#d2eae4",
  "#a6d6cb",
  "#77c2b1",
  "#4fb09c",
  "#2f9f89",
  "#178a76",
  "#0c7768",
  "#09655a",
  "#07534a",
];

const amber: MantineColorsTuple = [
  "#fdf5e3",
  "#f9e8c4",
  "#f2d394",
  "#e9bc60",
  "#dca637",
  "#c58c1d",
  "#a87312",
  "#8a5d0d",
  "#724c0b",
  "#5b3d09",
];

const slate: MantineColorsTuple = [
  "#f1f4f5",
  "#e2e7e9",
  "#c9d1d5",
  "#a9b5bb",
  "#8a989f",
  "#6d7c84",
  "#586770",
  "#48565e",
  "#39454c",
  "#2a343a",
];

/** Dark surfaces with a trace of the accent's hue, darkest last. */
const dark: MantineColorsTuple = [
  "#dbe3e4",
  "#b6c2c4",
  "#93a2a5",
  "#5d6c70",
  "#39464a",
  "#2b3639",
  "#1f282b",
  "#182022",
  "#12191b",
  "#0d1314",
];

const sans = '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif';

export const theme = createTheme({
  colors: { pine, amber, slate, dark },
  primaryColor: "pine",
  primaryShade: 7,
  fontFamily: sans,
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, "DejaVu Sans Mono", monospace',
  headings: { fontFamily: sans, fontWeight: "650" },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "20px" },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  respectReducedMotion: true,
  focusRing: "auto",
  cursorType: "pointer",
});

/** What our own style sheets use; never a Mantine palette shade by number. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#172023",
    "--mantine-color-dimmed": "#55646b",
    "--mantine-color-placeholder": "#68777e",
    "--mantine-color-default-border": "#cfd7da",
    "--sm-canvas": "#f4f6f6",
    "--sm-surface": "#ffffff",
    "--sm-stage": "#eceff0",
    "--sm-border": "#dde3e5",
    "--sm-hover": "#edf1f1",
    "--sm-text-quiet": "#55646b",
    "--sm-accent-text": "#09655a",
    "--sm-accent-surface": "#e5f3f0",
    "--sm-similar-text": "#724c0b",
    "--sm-similar-surface": "#fbf1da",
    "--sm-none-text": "#39454c",
    "--sm-none-surface": "#e9edef",
    "--sm-danger": "#b3261e",
    "--sm-danger-surface": "#fdf1f0",
    "--sm-danger-border": "#f3d1ce",
  },
  dark: {
    "--mantine-color-body": "#182022",
    "--mantine-color-text": "#dbe3e4",
    "--mantine-color-dimmed": "#9fafb2",
    "--mantine-color-placeholder": "#8b9b9e",
    "--mantine-color-default-border": "#39464a",
    "--mantine-color-anchor": "#77c2b1",
    "--sm-canvas": "#101618",
    "--sm-surface": "#182022",
    "--sm-stage": "#0d1314",
    "--sm-border": "#2b3639",
    "--sm-hover": "#222c2f",
    "--sm-text-quiet": "#9fafb2",
    "--sm-accent-text": "#77c2b1",
    "--sm-accent-surface": "#15302c",
    "--sm-similar-text": "#e9bc60",
    "--sm-similar-surface": "#33280f",
    "--sm-none-text": "#c2cdd1",
    "--sm-none-surface": "#263034",
    "--sm-danger": "#f2938c",
    "--sm-danger-surface": "#341a18",
    "--sm-danger-border": "#5b2b28",
  },
});
