import sharp, { type Sharp } from "sharp";
import type { Region } from "../../shared/contract/domain.ts";

/** A picture in memory: uint8 RGB, [height, width, 3], upright. */
export interface RgbPicture {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * `whole`: the picture, squeezed square. `letterbox`: in its own proportions on its border's colour. `small`: squeezed,
 * at 60 % of the side, on its border's colour. `centre-875`, `centre-60`: the middle 87.5 % and 60 % of both sides.
 */
export type ViewName = "whole" | "letterbox" | "small" | "centre-875" | "centre-60";

/** A view by its name, or a part of the picture, squeezed. */
export type View = ViewName | Region;

/** Part of the encoder's fingerprint: change it with anything below that moves a vector. */
export const VIEWS_VERSION = "views-2";

/** What is indexed of a catalogue picture (docs/decisions/0003-views-and-preprocessing.md). */
export const CATALOGUE_VIEWS: readonly ViewName[] = ["whole", "letterbox", "small", "centre-60"];
/** What is encoded of a query picture; the mean of the embeddings is searched by. */
export const QUERY_VIEWS: readonly ViewName[] = ["centre-875", "centre-60"];

/** Side of a part that is searched by itself, of the picture's. */
const PART = 0.6;
const corner = (x: number, y: number): Region => ({ x, y, width: PART, height: PART });
/**
 * Parts of a query that are searched beside it: what takes up a fifth of a picture fills more than half of one of them, or
 * of the middle, which is `centre-60` (docs/decisions/0028).
 */
export const QUERY_PARTS: readonly Region[] = [
  corner(0, 0),
  corner(1 - PART, 0),
  corner(0, 1 - PART),
  corner(1 - PART, 1 - PART),
];
/** What `centre-60` shows. */
export const MIDDLE: Region = corner((1 - PART) / 2, (1 - PART) / 2);

/** All views are cut from the picture at this longest side: one pass over a large picture in the place of four. */
export const WORKING_SIDE = 448;
/** Side of the picture in `small`, of the view's. */
const SMALL = 0.6;

/** Views of a picture, each uint8 RGB [size, size, 3], in the order of `views`; decoding threads do the work. */
export async function cutViews(picture: RgbPicture, views: readonly View[], size = 224): Promise<Uint8Array[]> {
  const working = await shrink(picture);
  const border = views.some((view) => view === "letterbox" || view === "small") ? borderColor(working) : null;
  return Promise.all(views.map((view) => cut(working, view, size, border)));
}

/** The mean of L2-normalised embeddings, L2-normalised: what a query is searched by. */
export function averageEmbedding(embeddings: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(embeddings[0]?.length ?? 0);
  for (const embedding of embeddings) {
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + (embedding[i] as number);
  }
  const length = Math.hypot(...mean);
  return length > 0 ? mean.map((value) => value / length) : mean;
}

const open = ({ data, width, height }: RgbPicture) => sharp(data, { raw: { width, height, channels: 3 } });

/** Triangle filter, stretched when shrinking: as good to the encoder as Lanczos, in two thirds of the time. */
const KERNEL = "linear";

async function shrink(picture: RgbPicture): Promise<RgbPicture> {
  if (Math.max(picture.width, picture.height) <= WORKING_SIDE) return picture;
  const { data, info } = await open(picture)
    .resize(WORKING_SIDE, WORKING_SIDE, { fit: "inside", kernel: KERNEL })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function cut(picture: RgbPicture, view: View, size: number, border: Rgb | null): Promise<Uint8Array> {
  const squeezed = (image: Sharp, width = size, height = size) =>
    image.resize(width, height, { fit: "fill", kernel: KERNEL }).raw().toBuffer();
  if (typeof view !== "string") return squeezed(open(picture).extract(pixelsOf(view, picture)));
  switch (view) {
    case "whole":
      return squeezed(open(picture));
    case "letterbox": {
      const scale = size / Math.max(picture.width, picture.height);
      const width = Math.max(1, Math.round(picture.width * scale));
      const height = Math.max(1, Math.round(picture.height * scale));
      return squeezed(open(picture), width, height).then((data) => framed({ data, width, height }, size, border));
    }
    case "small": {
      const side = Math.round(size * SMALL);
      return squeezed(open(picture), side, side).then((data) =>
        framed({ data, width: side, height: side }, size, border),
      );
    }
    case "centre-875":
      return squeezed(open(picture).extract(middle(picture, 0.875)));
    case "centre-60":
      return squeezed(open(picture).extract(middle(picture, 0.6)));
  }
}

type Rgb = readonly [red: number, green: number, blue: number];

/** The picture in the middle of a square of one colour. */
function framed({ data, width, height }: RgbPicture, size: number, color: Rgb | null): Uint8Array {
  const [red, green, blue] = color ?? [255, 255, 255];
  const square = new Uint8Array(size * size * 3);
  for (let i = 0; i < square.length; i += 3) {
    square[i] = red;
    square[i + 1] = green;
    square[i + 2] = blue;
  }
  const left = (size - width) >> 1;
  const top = (size - height) >> 1;
  for (let row = 0; row < height; row++) {
    square.set(data.subarray(row * width * 3, (row + 1) * width * 3), ((top + row) * size + left) * 3);
  }
  return square;
}

function middle({ width, height }: RgbPicture, part: number) {
  const [w, h] = [Math.max(1, Math.round(width * part)), Math.max(1, Math.round(height * part))];
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

function pixelsOf(part: Region, { width, height }: RgbPicture) {
  const [w, h] = [Math.max(1, Math.round(width * part.width)), Math.max(1, Math.round(height * part.height))];
  return {
    left: Math.min(width - w, Math.round(width * part.x)),
    top: Math.min(height - h, Math.round(height * part.y)),
    width: w,
    height: h,
  };
}

/** The median of the outermost pixels, channel by channel: on a plain background, the background. */
function borderColor({ data, width, height }: RgbPicture): Rgb {
  const around = 2 * (width + height);
  const rim = [new Uint8Array(around), new Uint8Array(around), new Uint8Array(around)] as const;
  let count = 0;
  const add = (pixel: number) => {
    for (let channel = 0; channel < 3; channel++)
      rim[channel as 0 | 1 | 2][count] = data[pixel * 3 + channel] as number;
    count++;
  };
  for (let x = 0; x < width; x++) {
    add(x);
    add((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    add(y * width);
    add(y * width + width - 1);
  }
  const median = (values: Uint8Array) => values.sort()[values.length >> 1] as number;
  return [median(rim[0]), median(rim[1]), median(rim[2])];
}
