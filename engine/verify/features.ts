import { type Mat, matOfRgb, type OpenCv, withScope } from "../lib/opencv.ts";
import { DESCRIPTOR_BYTES, describePatch, type GreyLevel } from "./descriptor.ts";
import { detectKeypoints, PYRAMID } from "./keypoints.ts";

/** The distinctive points of one picture and what surrounds them. */
export interface LocalFeatures {
  /** Size in pixels that the features were found at. */
  width: number;
  height: number;
  count: number;
  /** x and y of every point, 0..1 of the picture; float32 [count, 2]. */
  positions: Float32Array;
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
export const CATALOGUE_FEATURES: ExtractOptions = { side: 480, count: 300 };
export const QUERY_FEATURES: ExtractOptions = { side: 640, count: 600 };

const BLUR = 1;
/** Below this the detector's border leaves nothing to look at. */
const SMALLEST = 48;

function greyAt(cv: OpenCv, { rgb, width, height }: RgbPixels, side: number): Mat {
  return withScope((own) => {
    const color = own(matOfRgb(cv, rgb, width, height));
    const full = new cv.Mat();
    cv.cvtColor(color, full, cv.COLOR_RGB2GRAY);
    const scale = side / Math.max(width, height);
    if (scale >= 1) return full;
    own(full);
    const small = new cv.Mat();
    const size = new cv.Size(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    cv.resize(full, small, size, 0, 0, cv.INTER_AREA);
    return small;
  });
}

/** Level `octave` of the pyramid, blurred against the sampling's aliasing. */
function levelOf(cv: OpenCv, grey: Mat, octave: number): GreyLevel {
  return withScope((own) => {
    const small = own(new cv.Mat());
    const scale = PYRAMID.factor ** -octave;
    const size = new cv.Size(Math.round(grey.cols * scale), Math.round(grey.rows * scale));
    cv.resize(grey, small, size, 0, 0, cv.INTER_AREA);
    cv.GaussianBlur(small, small, new cv.Size(0, 0), BLUR);
    return { data: small.data.slice(), width: small.cols, height: small.rows };
  });
}

/** Finds and describes the distinctive points of a picture; none in one that is tiny or plain. */
export function extractFeatures(cv: OpenCv, picture: RgbPixels, { side, count }: ExtractOptions): LocalFeatures {
  return withScope((own) => {
    const grey = own(greyAt(cv, picture, side));
    const { cols: width, rows: height } = grey;
    const keypoints = Math.min(width, height) < SMALLEST ? [] : detectKeypoints(cv, grey, count);
    const positions = new Float32Array(keypoints.length * 2);
    const descriptors = new Uint8Array(keypoints.length * DESCRIPTOR_BYTES);
    const levels = new Map<number, GreyLevel>();
    keypoints.forEach(({ pt, angle, octave }, index) => {
      const level = levels.get(octave) ?? levelOf(cv, grey, octave);
      levels.set(octave, level);
      positions.set([pt.x / width, pt.y / height], index * 2);
      const x = (pt.x * level.width) / width;
      const y = (pt.y * level.height) / height;
      describePatch(level, x, y, (angle * Math.PI) / 180, descriptors, index * DESCRIPTOR_BYTES);
    });
    return { width, height, count: keypoints.length, positions, descriptors };
  });
}
