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
export const VIEWS_VERSION = "views-1";

/** What is indexed of a catalogue picture (docs/decisions/0003-views-and-preprocessing.md). */
export const CATALOGUE_VIEWS: readonly ViewName[] = ["whole", "letterbox", "small", "centre-60"];
/** What is encoded of a query picture; the mean of the embeddings is searched by. */
export const QUERY_VIEWS: readonly ViewName[] = ["centre-875", "centre-60"];

/** All views are cut from the picture at this longest side: one pass over a large picture in the place of four. */
export const WORKING_SIDE = 640;
/** Side of the picture in `small`, of the view's. */
const SMALL = 0.6;

/** The views of a picture, each uint8 RGB [size, size, 3], in the order of `names`; decoding threads do the work. */
export async function cutViews(picture: RgbPicture, names: readonly ViewName[], size = 224): Promise<Uint8Array[]> {
  const working = await shrink(picture);
  return Promise.all(names.map((name) => cut(working, name, size).raw().toBuffer()));
}

/** The mean of L2-normalised embeddings, L2-normalised: what a query is searched by. */
export function averageEmbedding(embeddings: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(embeddings[0]?.length ?? 0);
  for (const embedding of embeddings) for (const [i, value] of embedding.entries()) mean[i] = (mean[i] ?? 0) + value;
  const length = Math.hypot(...mean);
  return length > 0 ? mean.map((value) => value / length) : mean;
}

const open = ({ data, width, height }: RgbPicture) => sharp(data, { raw: { width, height, channels: 3 } });

async function shrink(picture: RgbPicture): Promise<RgbPicture> {
  if (Math.max(picture.width, picture.height) <= WORKING_SIDE) return picture;
  const { data, info } = await open(picture)
    .resize(WORKING_SIDE, WORKING_SIDE, { fit: "inside" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function cut(picture: RgbPicture, name: ViewName, size: number): Sharp {
  const image = open(picture);
  switch (name) {
    case "whole":
      return image.resize(size, size, { fit: "fill" });
    case "letterbox":
      return image.resize(size, size, { fit: "contain", background: borderColor(picture) });
    case "small": {
      const side = Math.round(size * SMALL);
      const before = Math.floor((size - side) / 2);
      const after = size - side - before;
      const edges = { top: before, left: before, bottom: after, right: after };
      return image.resize(side, side, { fit: "fill" }).extend({ ...edges, background: borderColor(picture) });
    }
    case "centre-875":
      return image.extract(middle(picture, 0.875)).resize(size, size, { fit: "fill" });
    case "centre-60":
      return image.extract(middle(picture, 0.6)).resize(size, size, { fit: "fill" });
  }
}

function middle({ width, height }: RgbPicture, part: number) {
  const [w, h] = [Math.max(1, Math.round(width * part)), Math.max(1, Math.round(height * part))];
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/** The median of the outermost pixels, channel by channel: on a plain background, the background. */
function borderColor({ data, width, height }: RgbPicture): { r: number; g: number; b: number } {
  const pixels: number[] = [];
  for (let x = 0; x < width; x++) pixels.push(x, (height - 1) * width + x);
  for (let y = 0; y < height; y++) pixels.push(y * width, y * width + width - 1);
  const median = (channel: number) => {
    const values = Uint8Array.from(pixels, (pixel) => data[pixel * 3 + channel] ?? 0).sort();
    return values[values.length >> 1] ?? 0;
  };
  return { r: median(0), g: median(1), b: median(2) };
}
