/** How the colours that the describer names look. What it does not name this way is shown as no colour at all. */
const SWATCHES: Record<string, string> = {
  black: "#1b1b1b",
  white: "#ffffff",
  grey: "#8c9196",
  gray: "#8c9196",
  silver: "#c3c8cc",
  red: "#cc2b2b",
  orange: "#e8791c",
  yellow: "#f0c928",
  gold: "#c9a227",
  beige: "#e4d5b7",
  cream: "#f5ecd7",
  brown: "#7a4a24",
  olive: "#7b7d2a",
  green: "#2f8f46",
  teal: "#178a8a",
  turquoise: "#3cc8c0",
  cyan: "#2bb8d6",
  blue: "#2a62c9",
  navy: "#1c2c5b",
  purple: "#7b3fa8",
  violet: "#7b3fa8",
  magenta: "#c02b94",
  pink: "#ef8fb4",
};

const UNKNOWN = "repeating-linear-gradient(45deg, #9aa3a7 0 2px, transparent 2px 5px)";

/** A CSS background for a colour's name, with "light" and "dark" before it understood. */
export function swatchOf(name: string): string {
  const words = name.toLowerCase().split(/[\s-]+/);
  const base = words.map((word) => SWATCHES[word]).findLast((color) => color !== undefined);
  if (base === undefined) return UNKNOWN;
  if (words.includes("light") || words.includes("pale")) return `color-mix(in srgb, ${base} 60%, white)`;
  if (words.includes("dark") || words.includes("deep")) return `color-mix(in srgb, ${base} 65%, black)`;
  return base;
}
