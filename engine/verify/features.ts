import { type Mat, matOfRgb, type OpenCv, withScope } from "../lib/opencv.ts";
import { DESCRIPTOR_BYTES, describePatch } from "./descriptor.ts";
import { detectKeypoints } from "./keypoints.ts";
import { directionsAt } from "./orientation.ts";
import { type Level, type Octave, scaleSpaceOf } from "./scale-space.ts";

/** The distinctive points of one picture and what surrounds them. */
export interface LocalFeatures {
  /** Size in pixels that the features were found at. */
  width: number;
  height: number;
  count: number;
  /** x and y of every point, 0..1 of the picture; float32 [count, 2]. */
  positions: Float32Array;
  /** How large each point is, in pixels of that size, and the direction that it is described in, in radians; float32 [count]. */
  scales: Float32Array;
  angles: Float32Array;
  /** uint8 [count, 128], RootSIFT. */
  descriptors: Uint8Array;
}

export interface RgbPixels {
  /** uint8 [height, width, 3]. */
  rgb: Uint8Array;
  width: number;
  height: number;
}

export interface ExtractOptions {
  /** Longest side that the picture is looked at, in pixels. */
  side: number;
  /** Points at most. */
  count: number;
}

/** Catalogue pictures are kept small; a query shows its product smaller and among other things. */
export const CATALOGUE_FEATURES: ExtractOptions = { side: 640, count: 400 };
export const QUERY_FEATURES: ExtractOptions = { side: 960, count: 1000 };

/** Below this there is nothing to look at. */
const SMALLEST = 48;

/** A small picture is enlarged by this at most: its finest detail is then found as well (Lowe, IJCV 2004, section 3.3). */
const LARGER = 2;

/** Grey values as float32, the longest side `side`; less where that would enlarge too much. */
function greyAt(cv: OpenCv, { rgb, width, height }: RgbPixels, side: number): Mat {
  return withScope((own) => {
    const color = own(matOfRgb(cv, rgb, width, height));
    const grey = own(new cv.Mat());
    cv.cvtColor(color, grey, cv.COLOR_RGB2GRAY);
    const float = new cv.Mat();
    grey.convertTo(float, cv.CV_32F);
    const scale = Math.min(LARGER, side / Math.max(width, height));
    const size = new cv.Size(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    cv.resize(float, float, size, 0, 0, scale < 1 ? cv.INTER_AREA : cv.INTER_LINEAR);
    return float;
  });
}

/** Finds and describes the distinctive points of a picture (SIFT); none in one that is tiny or plain. */
export function extractFeatures(cv: OpenCv, picture: RgbPixels, { side, count }: ExtractOptions): LocalFeatures {
  return withScope((own) => {
    const grey = own(greyAt(cv, picture, side));
    const { cols: width, rows: height } = grey;
    const octaves =
      Math.min(width, height) < SMALLEST ? [] : scaleSpaceOf(cv, grey, Math.max(1, width / picture.width));
    const positions = new Float32Array(count * 2);
    const scales = new Float32Array(count);
    const angles = new Float32Array(count);
    const descriptors = new Uint8Array(count * DESCRIPTOR_BYTES);
    let kept = 0;
    for (const { x, y, octave, level: at, sigma } of detectKeypoints(octaves)) {
      const { scale, levels } = octaves[octave] as Octave;
      const level = levels[at] as Level;
      for (const angle of directionsAt(level, x / scale, y / scale, sigma)) {
        if (kept === count) break;
        positions.set([x / width, y / height], kept * 2);
        scales[kept] = sigma * scale;
        angles[kept] = angle;
        describePatch(level, x / scale, y / scale, sigma, angle, descriptors, kept * DESCRIPTOR_BYTES);
        kept++;
      }
      if (kept === count) break;
    }
    return {
      width,
      height,
      count: kept,
      positions: positions.slice(0, kept * 2),
      scales: scales.slice(0, kept),
      angles: angles.slice(0, kept),
      descriptors: descriptors.slice(0, kept * DESCRIPTOR_BYTES),
    };
  });
}
