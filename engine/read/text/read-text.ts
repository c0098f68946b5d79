import { loadOpenCv, type Mat, matOfRgb, type OpenCv } from "../../lib/opencv.ts";
import { detectLines } from "./detect.ts";
import { loadTextModels, type TextModels } from "./models.ts";
import { inReadingOrder, type Quad, sidesOf } from "./quad.ts";
import { type Reading, recogniseStrips, stripOf, turned } from "./recognise.ts";

export interface TextLine {
  text: string;
  /** 0..1. */
  confidence: number;
  /** Corners from the line's top left, clockwise, x and y as 0..1 of the picture. */
  box: Quad;
}

export interface ReadOptions {
  /** Longest side that lines are looked for at, in pixels. */
  side?: number;
  /** Lines read at most: the largest. */
  lines?: number;
  /** Threads of ONNX Runtime; of the first call in a thread. */
  threads?: number;
  /** Lines below it are dropped. */
  confidence?: number;
}

const DEFAULTS = { side: 640, lines: 16, threads: 1, confidence: 0.6 };
/** Below it, a line may be upside down and is read a second time, turned. */
const DOUBT = 0.75;

/** Handles, seams and shadows read as single characters. */
const FEWEST_CHARACTERS = 2;

let loading: Promise<[OpenCv, TextModels]> | null = null;

async function readLines(models: TextModels, cv: OpenCv, picture: Mat, quads: readonly Quad[]): Promise<Reading[]> {
  const strips = quads.map((quad) => stripOf(cv, picture, quad));
  const upright = await recogniseStrips(models.recogniser, models.characters, strips);
  const doubtful = upright.flatMap(({ confidence }, index) => (confidence < DOUBT ? [index] : []));
  const again = await recogniseStrips(
    models.recogniser,
    models.characters,
    doubtful.flatMap((index) => (strips[index] ? [turned(strips[index])] : [])),
  );
  doubtful.forEach((index, n) => {
    const other = again[n];
    if (other !== undefined && other.confidence > (upright[index]?.confidence ?? 0)) upright[index] = other;
  });
  return upright;
}

/** Reads the text on a picture (uint8 RGB [height, width, 3]), in reading order. Models are loaded once a thread. */
export async function readText(
  picture: { rgb: Uint8Array; width: number; height: number },
  options: ReadOptions = {},
): Promise<TextLine[]> {
  const { side, lines, threads, confidence } = { ...DEFAULTS, ...options };
  loading ??= Promise.all([loadOpenCv(), loadTextModels(threads)]);
  const [cv, models] = await loading;
  const { rgb, width, height } = picture;
  const mat = matOfRgb(cv, rgb, width, height);
  try {
    const area = (quad: Quad) => sidesOf(quad).width * sidesOf(quad).height;
    const found = await detectLines(cv, models.detector, mat, side);
    const quads = found.toSorted((a, b) => area(b) - area(a)).slice(0, lines);
    const readings = await readLines(models, cv, mat, quads);
    const read = quads.flatMap((quad, index) => {
      const reading = readings[index];
      const legible = reading && reading.confidence >= confidence && reading.text.length >= FEWEST_CHARACTERS;
      return legible ? [{ quad, reading }] : [];
    });
    const share = ([x, y]: readonly [number, number]) => [x / width, y / height] as const;
    return inReadingOrder(read).map(({ quad: [a, b, c, d], reading }) => ({
      ...reading,
      box: [share(a), share(b), share(c), share(d)],
    }));
  } finally {
    mat.delete();
  }
}
