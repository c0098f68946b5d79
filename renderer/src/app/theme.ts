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

const red: MantineColorsTuple = [
  "#fdf1f0",
  "#f9dcda",
  "#f2b8b4",
  "#ea918b",
  "#e0685f",
  "#d2463c",
  "#c4332a",
  "#b3261e",
  "#961e17",
  "#7a1812",
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
  colors: { pine, amber, slate, red, dark },
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
  components: {
    // A state is read whole or not at all.
    Badge: { styles: { root: { flex: "none", overflow: "visible" }, label: { overflow: "visible" } } },
    Modal: { styles: { title: { fontSize: 16, fontWeight: 650 } } },
    Drawer: { styles: { title: { fontSize: 16, fontWeight: 650 } } },
  },
});

/** Colours of the quiet variant of badges and buttons: Mantine's own are too dark to be told apart on dark surfaces. */
function lightVariant(color: string, surface: string, hover: string, text: string): Record<string, string> {
  const name = `--mantine-color-${color}-light`;
  return { [name]: surface, [`${name}-hover`]: hover, [`${name}-color`]: text };
}

/** What our own style sheets use; never a Mantine palette shade by number. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#172023",
    "--mantine-color-dimmed": "#55646b",
    "--mantine-color-placeholder": "#68777e",
    "--mantine-color-default-border": "#cfd7da",
    "--mantine-color-error": "#b3261e",
    ...lightVariant("pine", "#e5f3f0", "#d9ece8", "#09655a"),
    ...lightVariant("amber", "#fbf1da", "#f6e8c6", "#724c0b"),
    ...lightVariant("slate", "#e9edef", "#dfe5e8", "#39454c"),
    ...lightVariant("red", "#fdf1f0", "#fae4e2", "#b3261e"),
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
    "--mantine-color-error": "#f2938c",
    ...lightVariant("pine", "#15302c", "#1b3c37", "#77c2b1"),
    ...lightVariant("amber", "#33280f", "#403214", "#e9bc60"),
    ...lightVariant("slate", "#263034", "#2f3a3f", "#c2cdd1"),
    ...lightVariant("red", "#341a18", "#40211e", "#f2938c"),
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
