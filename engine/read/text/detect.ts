import { type InferenceSession, Tensor } from "onnxruntime-node";
import { type Mat, type OpenCv, withScope } from "../../lib/opencv.ts";
import { type Quad, quadOf } from "./quad.ts";

/**
 * Finds lines of text with PP-OCR's detector: Differentiable Binarization (Liao et al., AAAI 2020) and the
 * post-processing of PaddleOCR's `db_postprocess.py`.
 */

/** Probability from which a pixel is text, and a region a line. */
const PIXEL = 0.3;
const REGION = 0.6;
/** Area times this over perimeter is how far a region grows: the detector is trained on shrunken lines. */
const UNCLIP = 1.6;
const SMALLEST_SIDE = 3;
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];
const GRID = 32;

/** uint8 [h, w, 3] RGB to float32 [1, 3, h, w] in the BGR order that PP-OCR is trained on. */
function toTensor({ data, rows, cols }: Mat): Tensor {
  const area = rows * cols;
  const values = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * (DEVIATION[channel] ?? 1));
    const shift = (MEAN[channel] ?? 0) / (DEVIATION[channel] ?? 1);
    for (let i = 0; i < area; i++) values[channel * area + i] = (data[i * 3 + 2 - channel] as number) * scale - shift;
  }
  return new Tensor("float32", values, [1, 3, rows, cols]);
}

/** Mean probability inside the quad. */
function meanInside(map: Float32Array, width: number, height: number, quad: Quad): number {
  const xs = quad.map((point) => point[0]);
  const ys = quad.map((point) => point[1]);
  const inside = (x: number, y: number) =>
    quad.every(([ax, ay], index) => {
      const [bx, by] = quad[(index + 1) % 4] ?? [0, 0];
      return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
    });
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y <= Math.min(height - 1, Math.max(...ys)); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x <= Math.min(width - 1, Math.max(...xs)); x++) {
      if (!inside(x, y)) continue;
      sum += map[y * width + x] as number;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

function quadsOf(cv: OpenCv, map: Float32Array, width: number, height: number): Quad[] {
  return withScope((own) => {
    const mask = own(new cv.Mat(height, width, cv.CV_8UC1));
    const pixels = mask.data;
    for (let i = 0; i < map.length; i++) pixels[i] = (map[i] as number) > PIXEL ? 255 : 0;
    const contours = own(new cv.MatVector());
    cv.findContours(mask, contours, own(new cv.Mat()), cv.RETR_LIST, cv.CHAIN_APPROX_SIMPLE);
    return Array.from({ length: contours.size() }, (_, index) => own(contours.get(index))).flatMap((contour) => {
      const rect = cv.minAreaRect(contour);
      const { width: w, height: h } = rect.size;
      if (Math.min(w, h) < SMALLEST_SIDE || meanInside(map, width, height, quadOf(rect, 0)) < REGION) return [];
      return [quadOf(rect, (w * h * UNCLIP) / (2 * (w + h)))];
    });
  });
}

/** Lines of text in the picture (uint8 RGB), looked at `side` pixels long at most; quads in pixels of `picture`. */
export async function detectLines(cv: OpenCv, session: InferenceSession, picture: Mat, side: number): Promise<Quad[]> {
  const scale = Math.min(1, side / Math.max(picture.cols, picture.rows));
  const fit = (length: number) => Math.max(GRID, Math.round((length * scale) / GRID) * GRID);
  const width = fit(picture.cols);
  const height = fit(picture.rows);
  const small = new cv.Mat();
  cv.resize(picture, small, new cv.Size(width, height), 0, 0, cv.INTER_AREA);
  const input = toTensor(small);
  small.delete();
  const outputs = await session.run({ x: input });
  const map = Object.values(outputs)[0]?.data as Float32Array;
  const quads = quadsOf(cv, map, width, height);
  const back = ([x, y]: readonly [number, number]) =>
    [(x * picture.cols) / width, (y * picture.rows) / height] as const;
  return quads.map(([a, b, c, d]) => [back(a), back(b), back(c), back(d)]);
}
