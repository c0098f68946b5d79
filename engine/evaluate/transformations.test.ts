import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "./metrics.ts";
import { drawInto, homography, type Quad, type Raster } from "./raster.ts";
import { makeQuery, SEVERITIES, TRANSFORMATIONS } from "./transformations.ts";

const quad = (left: number, top: number, right: number, bottom: number): Quad => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

test("a homography takes its four points where they belong", () => {
  const to: Quad = [
    [3, 5],
    [90, -4],
    [70, 80],
    [-10, 60],
  ];
  const from = quad(0, 0, 10, 20);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = homography(from, to);
  from.forEach(([x, y], i) => {
    const w = g * x + h * y + 1;
    expect((a * x + b * y + c) / w).toBeCloseTo(to[i]?.[0] ?? Number.NaN);
    expect((d * x + e * y + f) / w).toBeCloseTo(to[i]?.[1] ?? Number.NaN);
  });
});

test("drawing a picture onto its own place changes nothing", () => {
  const data = Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * 37) % 256);
  const target: Raster = { data: new Uint8Array(data.length), width: 8, height: 6 };
  drawInto(target, { data, width: 8, height: 6 }, quad(0, 0, 7, 5));
  expect(target.data).toEqual(data);
});

describe("made queries", () => {
  let picture: Uint8Array;
  beforeAll(async () => {
    const noise = seededRandom(5);
    const data = Uint8Array.from({ length: 300 * 200 * 3 }, () => noise() * 256);
    picture = await sharp(data, { raw: { width: 300, height: 200, channels: 3 } })
      .png()
      .toBuffer();
  });

  test.each(TRANSFORMATIONS)(
    "%s: a readable JPEG, the same again for the same seed, another for another",
    async (name) => {
      const first = await makeQuery(picture, name, seededRandom(1));
      const again = await makeQuery(picture, name, seededRandom(1));
      const other = await makeQuery(picture, name, seededRandom(2));
      const { format, width = 0, height = 0 } = await sharp(first).metadata();
      expect(format).toBe("jpeg");
      expect(Math.min(width, height)).toBeGreaterThan(50);
      expect(Buffer.compare(first, again)).toBe(0);
      expect(Buffer.compare(first, other)).not.toBe(0);
    },
  );

  test.each(["crop", "blur"] as const)("%s: the severer, the less of the picture is left", async (name) => {
    const widths = await Promise.all(
      SEVERITIES.map(async (severity) => {
        const made = await makeQuery(picture, name, seededRandom(7), null, severity);
        return (await sharp(made).metadata()).width;
      }),
    );
    const [mild = 0, medium = 0, severe = 0] = widths;
    expect(mild).toBeGreaterThan(medium);
    expect(medium).toBeGreaterThan(severe);
  });
});
