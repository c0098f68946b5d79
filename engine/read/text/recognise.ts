import { type InferenceSession, Tensor } from "onnxruntime-node";
import { type Mat, type OpenCv, withScope } from "../../lib/opencv.ts";
import { type Quad, sidesOf } from "./quad.ts";

/** Reads straightened lines with PP-OCR's recogniser (a CTC decoder over columns). */

export interface Reading {
  text: string;
  /** Mean probability of its characters, 0..1. */
  confidence: number;
}

/** One line, straight: uint8 [HEIGHT, width, 3] RGB. */
export interface Strip {
  data: Uint8Array;
  width: number;
}

const HEIGHT = 48;
const WIDEST = 640;
const BATCH = 6;

/** The line inside the quad, straightened to the recogniser's height. */
export function stripOf(cv: OpenCv, picture: Mat, quad: Quad): Strip {
  return withScope((own) => {
    const sides = sidesOf(quad);
    const width = Math.min(WIDEST, Math.max(8, Math.round((HEIGHT * sides.width) / Math.max(1, sides.height))));
    const from = own(cv.matFromArray(4, 1, cv.CV_32FC2, quad.flat()));
    const to = own(cv.matFromArray(4, 1, cv.CV_32FC2, [0, 0, width, 0, width, HEIGHT, 0, HEIGHT]));
    const strip = own(new cv.Mat());
    const size = new cv.Size(width, HEIGHT);
    const matrix = own(cv.getPerspectiveTransform(from, to));
    cv.warpPerspective(picture, strip, matrix, size, cv.INTER_CUBIC, cv.BORDER_REPLICATE);
    return { data: strip.data.slice(), width };
  });
}

/** The same line turned upside down. */
export function turned({ data, width }: Strip): Strip {
  const pixels = data.length / 3;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < pixels; i++) out.set(data.subarray(i * 3, i * 3 + 3), (pixels - 1 - i) * 3);
  return { data: out, width };
}

/** float32 [n, 3, HEIGHT, widest], BGR, -1..1, filled up with 0 on the right. */
function toTensor(strips: readonly Strip[]): Tensor {
  const widest = Math.max(...strips.map((strip) => strip.width));
  const values = new Float32Array(strips.length * 3 * HEIGHT * widest);
  for (const [n, { data, width }] of strips.entries()) {
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < HEIGHT; y++) {
        const row = ((n * 3 + channel) * HEIGHT + y) * widest;
        for (let x = 0; x < width; x++) {
          values[row + x] = (data[(y * width + x) * 3 + 2 - channel] as number) / 127.5 - 1;
        }
      }
    }
  }
  return new Tensor("float32", values, [strips.length, 3, HEIGHT, widest]);
}

/** Best path: repeated classes are one character, class 0 is none (Graves et al., ICML 2006). */
function decode(probabilities: Float32Array, columns: number, characters: readonly string[]): Reading {
  const classes = probabilities.length / columns;
  let text = "";
  let sum = 0;
  let count = 0;
  let previous = 0;
  for (let column = 0; column < columns; column++) {
    let best = 0;
    let most = -1;
    for (let i = 0; i < classes; i++) {
      const value = probabilities[column * classes + i] as number;
      if (value > most) [best, most] = [i, value];
    }
    if (best !== 0 && best !== previous) {
      text += characters[best] ?? "";
      sum += most;
      count++;
    }
    previous = best;
  }
  return { text: text.trim(), confidence: count === 0 ? 0 : sum / count };
}

/** Reads the strips, in batches of like widths; the answers are in the strips' order. `characters[0]` is the blank. */
export async function recogniseStrips(
  session: InferenceSession,
  characters: readonly string[],
  strips: readonly Strip[],
): Promise<Reading[]> {
  const order = strips.map((_, index) => index).sort((a, b) => (strips[a]?.width ?? 0) - (strips[b]?.width ?? 0));
  const readings: Reading[] = [];
  for (let start = 0; start < order.length; start += BATCH) {
    const batch = order.slice(start, start + BATCH);
    const outputs = await session.run({ x: toTensor(batch.flatMap((index) => strips[index] ?? [])) });
    const output = Object.values(outputs)[0];
    const data = output?.data as Float32Array;
    const columns = output?.dims[1] ?? 1;
    const size = data.length / batch.length;
    batch.forEach((index, n) => {
      readings[index] = decode(data.subarray(n * size, (n + 1) * size), columns, characters);
    });
  }
  return readings;
}
