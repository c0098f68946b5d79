import { matOfRgb, type OpenCv, withScope } from "../lib/opencv.ts";
import type { RgbPixels } from "./features.ts";

/** A catalogue picture made so small that it can be kept beside its points: what surrounds and colours them. */
export interface Sketch {
  width: number;
  height: number;
  /** uint8 [height, width], 1..255; 0 is the picture's plain background, which no photo repeats. */
  grey: Uint8Array;
  /** uint8 [ceil(height / COARSER), ceil(width / COARSER), 3], RGB. */
  colour: Uint8Array;
}

/** Longest side. */
export const SKETCH_SIDE = 160;
/** Pixels of grey along a pixel of colour, which the eye sees less sharply, too. */
export const COARSER = 4;
/** How far, of 255, a pixel of the background may be from the border's median, in any channel. */
const PLAIN = 20;
/** Share of the border that has to be plain: else the picture fills its frame, and all of it counts. */
const FRAMED = 0.6;

export const coarse = (length: number) => Math.ceil(length / COARSER);

export function shrunk(cv: OpenCv, { rgb, width, height }: RgbPixels, to: { width: number; height: number }) {
  return withScope((own) => {
    const from = own(matOfRgb(cv, rgb, width, height));
    const small = own(new cv.Mat());
    const size = new cv.Size(to.width, to.height);
    cv.resize(from, small, size, 0, 0, to.width < width ? cv.INTER_AREA : cv.INTER_LINEAR);
    return small.data.slice();
  });
}

/** Rec. 601 luma, uint8. */
export const greyOf = (rgb: Uint8Array) =>
  Uint8Array.from(
    { length: rgb.length / 3 },
    (_, i) =>
      0.299 * (rgb[3 * i] as number) + 0.587 * (rgb[3 * i + 1] as number) + 0.114 * (rgb[3 * i + 2] as number) + 0.5,
  );

function borderOf(width: number, height: number): number[] {
  const columns = Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x]);
  const rows = Array.from({ length: height }, (_, y) => [y * width, y * width + width - 1]);
  return [...columns, ...rows].flat();
}

/** What is plain and hangs together with the border: uint8 [height, width], 1 where it is. */
function backgroundOf(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const border = borderOf(width, height);
  const median = [0, 1, 2].map((channel) => {
    const values = Uint8Array.from(border, (at) => rgb[3 * at + channel] as number).sort();
    return values[values.length >> 1] as number;
  });
  const isPlain = (at: number) =>
    median.every((value, channel) => Math.abs((rgb[3 * at + channel] as number) - value) <= PLAIN);
  const background = new Uint8Array(width * height);
  const plain = border.filter(isPlain);
  if (plain.length < FRAMED * border.length) return background;
  const open: number[] = [];
  const enter = (at: number) => {
    if (background[at] === 1 || !isPlain(at)) return;
    background[at] = 1;
    open.push(at);
  };
  plain.forEach(enter);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at % width > 0) enter(at - 1);
    if (at % width < width - 1) enter(at + 1);
    if (at >= width) enter(at - width);
    if (at < (height - 1) * width) enter(at + width);
  }
  return background;
}

export function sketchOf(cv: OpenCv, picture: RgbPixels): Sketch {
  const scale = Math.min(1, SKETCH_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const small = shrunk(cv, picture, { width, height });
  const background = backgroundOf(small, width, height);
  const grey = greyOf(small).map((value, at) => (background[at] === 1 ? 0 : Math.max(1, value)));
  const colour = shrunk(cv, { rgb: small, width, height }, { width: coarse(width), height: coarse(height) });
  return { width, height, grey, colour };
}
