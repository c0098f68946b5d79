import sharp, { type Sharp } from "sharp";

/** A picture in memory: uint8 RGB, [height, width, 3], upright. */
export interface RgbPicture {
  data: Uint8Array;
  width: number;
  height: number;
}

export type ViewName = "whole" | "centre-75";

/** Changes with anything below that moves a vector: it is part of the encoder's fingerprint. */
export const VIEWS_VERSION = "views-v1";

/** What is indexed of a catalogue picture, and what is averaged of a query. Measured: docs/decisions/0003. */
export const CATALOGUE_VIEWS: readonly ViewName[] = ["whole", "centre-75"];
export const QUERY_VIEWS: readonly ViewName[] = ["whole", "centre-75"];

/** The views of a picture, each uint8 RGB [size, size, 3], in the order of `names`. */
export async function cutViews(picture: RgbPicture, names: readonly ViewName[], size = 224): Promise<Uint8Array[]> {
  return Promise.all(names.map((name) => cut(picture, name).resize(size, size, { fit: "fill" }).raw().toBuffer()));
}

function cut({ data, width, height }: RgbPicture, name: ViewName): Sharp {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  if (name === "whole") return image;
  const [w, h] = [Math.max(1, Math.round(width * 0.75)), Math.max(1, Math.round(height * 0.75))];
  return image.extract({ left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h });
}
