import sharp, { type Sharp } from "sharp";

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

/** Part of the encoder's fingerprint: change it with anything below that moves a vector. */
export const VIEWS_VERSION = "views-2";

/** What is indexed of a catalogue picture (docs/decisions/0003-views-and-preprocessing.md). */
export const CATALOGUE_VIEWS: readonly ViewName[] = ["whole", "letterbox", "small", "centre-60"];
/** What is encoded of a query picture; the mean of the embeddings is searched by. */
export const QUERY_VIEWS: readonly ViewName[] = ["centre-875", "centre-60"];

/** All views are cut from the picture at this longest side: one pass over a large picture in the place of four. */
export const WORKING_SIDE = 448;
/** Side of the picture in `small`, of the view's. */
const SMALL = 0.6;

/** The views of a picture, each uint8 RGB [size, size, 3], in the order of `names`; decoding threads do the work. */
export async function cutViews(picture: RgbPicture, names: readonly ViewName[], size = 224): Promise<Uint8Array[]> {
  const working = await shrink(picture);
  const border = names.some((name) => name === "letterbox" || name === "small") ? borderColor(working) : null;
  return Promise.all(names.map((name) => cut(working, name, size, border)));
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

function cut(picture: RgbPicture, name: ViewName, size: number, border: Rgb | null): Promise<Uint8Array> {
  const squeezed = (image: Sharp, width = size, height = size) =>
    image.resize(width, height, { fit: "fill", kernel: KERNEL }).raw().toBuffer();
  switch (name) {
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
