import { createRequire } from "node:module";

/**
 * The part of OpenCV's JavaScript build (5.0, WebAssembly) that is used. The package's own types describe an older
 * OpenCV, so what is used is named here. Every `Deletable` lives in WebAssembly memory
 * and must be deleted.
 */
interface Deletable {
  delete(): void;
}

export interface Mat extends Deletable {
  readonly rows: number;
  readonly cols: number;
  readonly data: Uint8Array;
  readonly data32F: Float32Array;
  readonly data64F: Float64Array;
  empty(): boolean;
  convertTo(to: Mat, type: number): void;
}

interface List<T> extends Deletable {
  size(): number;
  get(index: number): T;
}

export interface RotatedRect {
  center: { x: number; y: number };
  size: { width: number; height: number };
  /** Degrees. */
  angle: number;
}

interface Size {
  width: number;
  height: number;
}

export interface OpenCv {
  Mat: new (rows?: number, cols?: number, type?: number) => Mat;
  Size: new (width: number, height: number) => Size;
  MatVector: new () => List<Mat>;
  CV_8UC1: number;
  CV_8UC3: number;
  CV_32F: number;
  CV_32FC2: number;
  COLOR_RGB2GRAY: number;
  INTER_AREA: number;
  INTER_NEAREST: number;
  INTER_LINEAR: number;
  INTER_CUBIC: number;
  BORDER_REPLICATE: number;
  RETR_LIST: number;
  CHAIN_APPROX_SIMPLE: number;
  matFromArray(rows: number, cols: number, type: number, values: ArrayLike<number>): Mat;
  cvtColor(from: Mat, to: Mat, code: number): void;
  resize(from: Mat, to: Mat, size: Size, fx: number, fy: number, interpolation: number): void;
  GaussianBlur(from: Mat, to: Mat, size: Size, sigmaX: number): void;
  findContours(image: Mat, contours: List<Mat>, hierarchy: Mat, mode: number, method: number): void;
  minAreaRect(points: Mat): RotatedRect;
  getPerspectiveTransform(from: Mat, to: Mat): Mat;
  warpPerspective(from: Mat, to: Mat, matrix: Mat, size: Size, interpolation: number, border: number): void;
}

const require = createRequire(import.meta.url);
let loading: Promise<OpenCv> | null = null;

/**
 * OpenCV of this thread; its 10 MB of WebAssembly are compiled with the first call (0.5 to 1 s).
 * @throws Error where the package is missing or broken
 */
export function loadOpenCv(): Promise<OpenCv> {
  loading ??= Promise.resolve(require("@techstark/opencv-js"));
  return loading;
}

/** Runs `work` with a function that marks what it is given for deletion afterwards, whatever happens. */
export function withScope<T>(work: (own: <D extends Deletable>(value: D) => D) => T): T {
  const owned: Deletable[] = [];
  try {
    return work((value) => {
      owned.push(value);
      return value;
    });
  } finally {
    for (const value of owned) value.delete();
  }
}

/** A matrix [height, width, 3] with a copy of the pixels. */
export function matOfRgb(cv: OpenCv, rgb: Uint8Array, width: number, height: number): Mat {
  const mat = new cv.Mat(height, width, cv.CV_8UC3);
  mat.data.set(rgb);
  return mat;
}
