import sharp from "sharp";
import type { Pixels } from "./pixels.ts";

/**
 * Cuts an object out of a plain background: what can be reached from the border through neighbours whose colour
 * differs by at most `tolerance` (0 to 255) from the border's colour there becomes transparent. The edge is softened
 * by a pixel, and the result is trimmed to the object.
 */
export async function cutOut(image: Pixels, tolerance: number): Promise<Pixels> {
  const { width, height, data } = image;
  const background = new Uint8Array(width * height);
  const origin = new Int32Array(width * height);
  const queue: number[] = [];
  const visit = (at: number, from: number) => {
    if (background[at] || distance(data, at, from) > tolerance) return;
    background[at] = 1;
    origin[at] = from;
    queue.push(at);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(y * width + x, y * width + x);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(y * width + x, y * width + x);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const from = origin[at] ?? at;
    const x = at % width;
    if (x > 0) visit(at - 1, from);
    if (x < width - 1) visit(at + 1, from);
    if (at >= width) visit(at - width, from);
    if (at < width * (height - 1)) visit(at + width, from);
  }
  const mask = await sharp(
    background.map((one) => (one ? 0 : 255)),
    { raw: { width, height, channels: 1 } },
  )
    .median(3)
    .blur(1)
    .extractChannel(0)
    .raw()
    .toBuffer();
  const cut = Uint8Array.from(data);
  for (let at = 0; at < width * height; at++) cut[at * 4 + 3] = mask[at] ?? 0;
  return trim({ width, height, data: cut });
}

function distance(data: Uint8Array, a: number, b: number): number {
  let most = 0;
  for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs((data[a * 4 + c] ?? 0) - (data[b * 4 + c] ?? 0)));
  return most;
}

/** Crops to the pixels that can be seen. */
async function trim({ width, height, data }: Pixels): Promise<Pixels> {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((data[(y * width + x) * 4 + 3] ?? 0) < 128) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
  }
  const box = { left, top, width: right - left, height: bottom - top };
  const cropped = await sharp(data, { raw: { width, height, channels: 4 } })
    .extract(box)
    .raw()
    .toBuffer();
  return { width: box.width, height: box.height, data: cropped };
}
