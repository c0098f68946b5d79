import { converter, differenceEuclidean, type Oklab } from "culori";
import type { RgbPicture } from "./views.ts";

export interface NamedColor {
  name: string;
  /** Of the picture without its background, 0..1. */
  share: number;
}

/** Without a hue, by OKLab lightness: each name up to the lightness beside it. */
const NEUTRALS: [name: string, upTo: number][] = [
  ["black", 0.27],
  ["dark grey", 0.46],
  ["grey", 0.7],
  ["light grey", 0.88],
  ["white", 1],
];

/** With a hue: several shades a name, because the nearest of a few examples names a colour better than one would. */
const SHADES: Record<string, string[]> = {
  red: ["#e3151c", "#c01820", "#f0433a"],
  "dark red": ["#7d1016", "#5a0d12"],
  orange: ["#ff7a00", "#e86f1a", "#c8602f", "#ff9a3c"],
  brown: ["#7a4a21", "#5b3a1e", "#94602f"],
  "dark brown": ["#3a2414", "#2c1c12"],
  tan: ["#c49a6c", "#b08a5a"],
  beige: ["#e6d8bd", "#d9c7a4"],
  yellow: ["#ffd500", "#f5e342", "#e0b416"],
  olive: ["#6b6b23", "#85803a"],
  green: ["#2e9b3c", "#4caf50", "#7cc243"],
  "dark green": ["#12431f", "#24552c"],
  turquoise: ["#1fb5ad", "#4fd0c5", "#1e7f80"],
  "light blue": ["#8cc7ee", "#a9d3f0", "#a8b9cc"],
  blue: ["#1f5fd0", "#2f80d8", "#3b6ea5", "#5f7b98"],
  "dark blue": ["#0b1f4d", "#16305f", "#1f2f45"],
  purple: ["#7a2fa0", "#8e44ad", "#5c2a86"],
  pink: ["#f48fb1", "#ef5f9a", "#f7b6c8"],
};
/** Chroma below which a colour has no hue to people, and lightness below which everything is black. */
const LEAST_CHROMA = 0.033;
const LEAST_LIGHTNESS = 0.2;

const toOklab = converter("oklab");
const distance = differenceEuclidean("oklab");
const NAMES = [...NEUTRALS.map(([name]) => name), ...Object.keys(SHADES)];
const EXAMPLES = Object.entries(SHADES).flatMap(([name, shades]) =>
  shades.flatMap((shade) => {
    const lab = toOklab(shade);
    return lab === undefined ? [] : [{ place: NAMES.indexOf(name), lab }];
  }),
);

/** Place in NAMES of an OKLab colour. */
function nearestName(color: Oklab): number {
  const neutral = Math.hypot(color.a, color.b) < LEAST_CHROMA || color.l < LEAST_LIGHTNESS;
  if (neutral) return NEUTRALS.findIndex(([, upTo]) => color.l <= upTo || upTo === 1);
  let best = { place: 0, far: Number.POSITIVE_INFINITY };
  for (const { place, lab } of EXAMPLES) {
    const far = distance(color, lab);
    if (far < best.far) best = { place, far };
  }
  return best.place;
}

/** Naming 32 x 32 x 32 cells once is cheaper than naming every pixel. */
const SHIFT = 3;
const cells = new Map<number, number>();

/** Place in NAMES of an sRGB colour, 0..255 a channel. */
function nameOf(r: number, g: number, b: number): number {
  const cell = ((r >> SHIFT) << 10) | ((g >> SHIFT) << 5) | (b >> SHIFT);
  const known = cells.get(cell);
  if (known !== undefined) return known;
  const centre = (value: number) => ((value >> SHIFT) + 0.5) / 32;
  const place = nearestName(toOklab({ mode: "rgb", r: centre(r), g: centre(g), b: centre(b) }));
  cells.set(cell, place);
  return place;
}

/** Share of the border from which a colour counts as background, and the weight that it keeps: it may be the thing's. */
const BORDER_SHARE = 0.2;
const LEAST_WEIGHT = 0.08;
/** Colours below this share are noise, shadow and reflection. */
const LEAST_SHARE = 0.1;

/** About as many pixels are looked at, evenly spread: a millisecond's work. */
const PIXELS = 8192;

/**
 * The picture's main colours by name, largest share first: pixels count more towards the middle, and colours that fill
 * the border count little.
 */
export function namedColors({ data, width, height }: RgbPicture, most = 3): NamedColor[] {
  const nameAt = (x: number, y: number) => {
    const at = (y * width + x) * 3;
    return nameOf(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
  };
  const border = new Float64Array(NAMES.length);
  const inside = new Float64Array(NAMES.length);
  const rim = Math.max(1, Math.round(Math.min(width, height) * 0.04));
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / PIXELS)));
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const name = nameAt(x, y);
      if (x < rim || y < rim || x >= width - rim || y >= height - rim) border[name] = (border[name] ?? 0) + 1;
      const [dx, dy] = [(x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5];
      inside[name] = (inside[name] ?? 0) + Math.exp(-(dx * dx + dy * dy) / 0.09);
    }
  }
  const rimSum = border.reduce((a, b) => a + b, 0);
  const weighted = inside.map(
    (weight, name) => weight * Math.max(LEAST_WEIGHT, 1 - (border[name] ?? 0) / rimSum / BORDER_SHARE),
  );
  const sum = weighted.reduce((a, b) => a + b, 0);
  return Array.from(weighted, (weight, name) => ({ name: NAMES[name] ?? "", share: sum > 0 ? weight / sum : 0 }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
}
