import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { loadOpenCv, type Mat, type OpenCv } from "../lib/opencv.ts";
import { detectKeypoints, type Keypoint } from "./keypoints.ts";
import { directionsAt } from "./orientation.ts";
import { type Level, type Octave, scaleSpaceOf } from "./scale-space.ts";

let cv: OpenCv;
beforeAll(async () => {
  cv = await loadOpenCv();
});

function floatMat(values: ArrayLike<number>, width: number, height: number): Mat {
  const mat = new cv.Mat(height, width, cv.CV_32F);
  mat.data32F.set(values);
  return mat;
}

/** Grey values of a function of the place. */
function drawn(side: number, at: (x: number, y: number) => number): Octave[] {
  const mat = floatMat(
    Float32Array.from({ length: side * side }, (_, i) => at(i % side, Math.floor(i / side))),
    side,
    side,
  );
  try {
    return scaleSpaceOf(cv, mat, 1);
  } finally {
    mat.delete();
  }
}

const spot = (sigma: number, x0: number, y0: number) => (x: number, y: number) =>
  40 + 200 * Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * sigma ** 2));

describe("where a picture stands out", () => {
  test.each([2.5, 5, 9])("a spot of %f pixels is one point, at its centre and at its size", (sigma) => {
    const points = detectKeypoints(drawn(128, spot(sigma, 61.3, 70.7)));
    const [first] = points as [Keypoint];
    expect(first.x).toBeCloseTo(61.3, 0);
    expect(first.y).toBeCloseTo(70.7, 0);
    // A difference of Gaussians answers most to a spot whose blur, with its own, it doubles in area.
    expect((first.sigma * 2 ** first.octave) / sigma).toBeGreaterThan(0.7);
    expect((first.sigma * 2 ** first.octave) / sigma).toBeLessThan(1.3);
    expect(points.filter((one) => one.response > first.response / 2)).toHaveLength(1);
  });

  test("an edge is no point: it could slide along itself", () => {
    expect(detectKeypoints(drawn(96, (x) => (x < 48 ? 30 : 220)))).toHaveLength(0);
  });

  test("nothing is found in what is plain, and least contrast is needed", () => {
    expect(detectKeypoints(drawn(64, () => 128))).toHaveLength(0);
    const faint = spot(4, 32, 32);
    expect(detectKeypoints(drawn(64, (x, y) => 100 + faint(x, y) / 200))).toHaveLength(0);
  });

  test("points of a photograph are found again when it is made smaller and turned", async () => {
    const file = await readFile(join(import.meta.dirname, "../../seed/images/football.jpg"));
    const points = async (turn: number, side: number, count: number) => {
      const { data, info } = await sharp(file)
        .resize(side, side, { fit: "fill" })
        .rotate(turn)
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const mat = floatMat(data, info.width, info.height);
      try {
        return detectKeypoints(scaleSpaceOf(cv, mat, 1)).slice(0, count);
      } finally {
        mat.delete();
      }
    };
    // Finer ones than these are gone from the smaller picture.
    const large = (await points(0, 480, 300)).filter((one) => one.sigma * 2 ** one.octave > 3.5);
    expect(large.length).toBeGreaterThan(40);
    const small = await points(90, 320, 500);
    // Clockwise by 90 degrees: what was up is right.
    const again = large.filter(({ x, y }) =>
      small.some((one) => Math.hypot(one.x * 1.5 - (480 - y), one.y * 1.5 - x) < 3),
    );
    expect(again.length / large.length).toBeGreaterThan(0.6);
  });
});

test("the direction of a point turns with the picture", () => {
  const angle = (turn: number) => {
    const octaves = drawn(
      96,
      (x, y) => 128 + 60 * Math.tanh(((x - 48) * Math.cos(turn) + (y - 48) * Math.sin(turn)) / 6),
    );
    return directionsAt(octaves[0]?.levels[1] as Level, 48, 48, 2)[0] as number;
  };
  const apart = (a: number, b: number) => Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));
  for (const turn of [0, 0.6, 2, 4]) expect(apart(angle(turn), turn)).toBeLessThan(0.12);
});
