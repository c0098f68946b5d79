import sharp from "sharp";
import { drawInto, type Point, type Quad, type Raster } from "./raster.ts";

/**
 * Makes query photos from catalogue pictures, as a phone would spoil them. What they measure is the easy half of real
 * use: the picture is the catalogue's own; photos of the thing itself are labelled folders of the user's.
 */

export const TRANSFORMATIONS = [
  "perspective",
  "rotation",
  "crop",
  "light",
  "blur",
  "occlusion",
  "background",
  "shelf",
  "small",
] as const;
export type Transformation = (typeof TRANSFORMATIONS)[number];

/** Thirds of what a transformation can do, gentlest first: how far, how much, how dark. */
export const SEVERITIES = ["mild", "medium", "severe"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Random numbers that a transformation takes its strength from; of the wanted severity, or over the whole range. */
interface Strength {
  /** 0..1, larger is harder. */
  hard(): number;
  /** 0..1, larger is easier. */
  easy(): number;
  /** -1..1, harder the further from 0. */
  signed(): number;
}

function strengthOf(severity: Severity | null, random: () => number): Strength {
  if (severity === null) return { hard: random, easy: random, signed: () => random() * 2 - 1 };
  const hard = () => (SEVERITIES.indexOf(severity) + random()) / SEVERITIES.length;
  return { hard, easy: () => 1 - hard(), signed: () => (random() < 0.5 ? -1 : 1) * hard() };
}

/** Of another picture's area, what a small thing in it takes up: at its largest and at its smallest. */
const SMALL = { most: 0.25, least: 0.1 };

/** How often the other picture stands on a shelf. */
const NEIGHBOURS = 9;

/** Longest side of a made query, in pixels. */
const SIDE = 720;

async function load(bytes: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(bytes)
    .rotate()
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .resize({ width: SIDE, height: SIDE, fit: "inside", withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** A plain wall or table in a muted colour with a soft gradient: what lies behind a thing that is photographed. */
function surface(width: number, height: number, random: () => number): Raster {
  const data = new Uint8Array(width * height * 3);
  const base = [0, 1, 2].map(() => 70 + random() * 130);
  const slope = [random() - 0.5, random() - 0.5].map((value) => value * 90);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shade = (slope[0] ?? 0) * (x / width) + (slope[1] ?? 0) * (y / height) + (random() - 0.5) * 10;
      for (let channel = 0; channel < 3; channel++) {
        data[(y * width + x) * 3 + channel] = Math.max(0, Math.min(255, (base[channel] ?? 0) + shade));
      }
    }
  }
  return { data, width, height };
}

/** A canvas large enough that nothing of a turned picture is cut off, with the picture's corners moved by `move`. */
function place(
  picture: Raster,
  random: () => number,
  scale: number,
  move: (corner: Point, index: number) => Point,
): Raster {
  const canvas = surface(picture.width, picture.height, random);
  const w = (picture.width * scale) / 2;
  const h = (picture.height * scale) / 2;
  const corners = (
    [
      [-w, -h],
      [w, -h],
      [w, h],
      [-w, h],
    ] as const
  ).map((corner, index): Point => {
    const [x, y] = move(corner, index);
    return [picture.width / 2 + x, picture.height / 2 + y];
  });
  const [a, b, c, d] = corners;
  if (a && b && c && d) drawInto(canvas, picture, [a, b, c, d] satisfies Quad);
  return canvas;
}

const encode = (raster: Raster, quality = 85) =>
  sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();

const open = ({ data, width, height }: Raster) => sharp(data, { raw: { width, height, channels: 3 } });

/** The corners of a rectangle of this size around a point, turned by `angle` (radians), each moved by up to `bend` of it. */
function corners([x, y]: Point, width: number, height: number, angle: number, bend: () => number): Quad {
  const at = (dx: number, dy: number): Point => {
    const [u, v] = [width * (dx + bend()), height * (dy + bend())];
    return [x + u * Math.cos(angle) - v * Math.sin(angle), y + u * Math.sin(angle) + v * Math.cos(angle)];
  };
  return [at(-0.5, -0.5), at(0.5, -0.5), at(0.5, 0.5), at(-0.5, 0.5)];
}

/** A thing held up before a shelf that is full of another: seen from the side, turned, not in the middle. */
function held(thing: Raster, random: () => number, { hard, easy, signed }: Strength, behind: Raster | null): Raster {
  const canvas = surface(SIDE, Math.round(SIDE * (0.75 + random() * 0.5)), random);
  const fit = ({ width, height }: Raster, share: number) =>
    (share * Math.min(canvas.width, canvas.height)) / Math.max(width, height);
  for (let i = 0; behind !== null && i < NEIGHBOURS; i++) {
    const scale = fit(behind, 0.25 + random() * 0.2);
    const place: Point = [random() * canvas.width, random() * canvas.height];
    const bend = () => (random() - 0.5) * 0.2;
    drawInto(canvas, behind, corners(place, behind.width * scale, behind.height * scale, bend(), bend));
  }
  const scale = fit(thing, 0.5 + easy() * 0.35);
  const middle: Point = [canvas.width * (0.5 + signed() * 0.15), canvas.height * (0.5 + signed() * 0.15)];
  // From the side a thing looks narrower, and its far edge shorter.
  const narrow = 1 - hard() * 0.45;
  const [a, b, c, d] = corners(
    middle,
    thing.width * scale * narrow,
    thing.height * scale,
    (signed() * Math.PI) / 9,
    () => 0,
  );
  const shorter = hard() * 0.12;
  const between = ([x, y]: Point, [u, v]: Point): Point => [x + (u - x) * shorter, y + (v - y) * shorter];
  const seen: Quad = random() < 0.5 ? [between(a, d), b, c, between(d, a)] : [a, between(b, c), between(c, b), d];
  drawInto(canvas, thing, seen);
  return canvas;
}

/** A thing that takes up little of another picture, anywhere in it: turned a little, tilted, under that picture's lamps. */
async function among(thing: Raster, random: () => number, { easy, signed }: Strength, behind: Raster | null) {
  const canvas = behind === null ? surface(SIDE, Math.round(SIDE * 0.75), random) : await enlarged(behind);
  const share = SMALL.least + easy() * (SMALL.most - SMALL.least);
  const scale = Math.min(
    Math.sqrt((share * canvas.width * canvas.height) / (thing.width * thing.height)),
    (0.9 * canvas.width) / thing.width,
    (0.9 * canvas.height) / thing.height,
  );
  const [width, height] = [thing.width * scale, thing.height * scale];
  const anywhere = (room: number, size: number) => size / 2 + random() * Math.max(0, room - size);
  const middle: Point = [anywhere(canvas.width, width), anywhere(canvas.height, height)];
  drawInto(
    canvas,
    thing,
    corners(middle, width, height, (signed() * Math.PI) / 15, () => signed() * 0.04),
  );
  const gain = 0.95 + signed() * 0.25;
  const warm = signed() * 0.1;
  return open(canvas)
    .linear([gain * (1 + warm), gain, gain * (1 - warm)], [0, 0, 0])
    .jpeg({ quality: 80 })
    .toBuffer();
}

/** As large as a made query may be: in a smaller one a tenth of it would be a smudge. */
async function enlarged(picture: Raster): Promise<Raster> {
  const { data, info } = await open(picture)
    .resize({ width: SIDE, height: SIDE, fit: "inside" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: Uint8Array.from(data), width: info.width, height: info.height };
}

/** Lamps that tint and dazzle, a phone's small picture, saved as a messenger would. */
function spoil(photo: Raster, random: () => number, { hard, easy, signed }: Strength): Promise<Buffer> {
  const { data, width, height } = photo;
  const lamp: Point = [random() * width, random() * height];
  const reach = (0.1 + hard() * 0.15) * width;
  const gain = 0.95 + signed() * 0.35;
  const tint = [1 + signed() * 0.12, 1, 1 + signed() * 0.15];
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / 3);
    const away = Math.hypot((pixel % width) - lamp[0], Math.floor(pixel / width) - lamp[1]) / reach;
    const value = (data[at] ?? 0) * gain * (tint[at % 3] ?? 1) + 120 * Math.exp(-away * away) + (random() - 0.5) * 12;
    data[at] = Math.max(0, Math.min(255, value));
  }
  const side = Math.round(SIDE * (0.45 + easy() * 0.35));
  return open(photo)
    .resize({ width: side, height: side, fit: "inside" })
    .blur(0.4 + hard() * 0.7)
    .jpeg({ quality: 60 })
    .toBuffer();
}

const MAKERS: Record<
  Transformation,
  (picture: Raster, random: () => number, strength: Strength, behind: Raster | null) => Promise<Buffer>
> = {
  perspective: (picture, random, { easy }) =>
    encode(place(picture, random, 0.9, ([x, y]) => [x * (0.78 + easy() * 0.22), y * (0.78 + easy() * 0.22)])),
  rotation: (picture, random, { signed }) => {
    const angle = (signed() * 25 * Math.PI) / 180;
    return encode(
      place(picture, random, 0.85, ([x, y]) => [
        x * Math.cos(angle) - y * Math.sin(angle),
        x * Math.sin(angle) + y * Math.cos(angle),
      ]),
    );
  },
  crop: (picture, random, { easy }) => {
    const share = 0.6 + easy() * 0.25;
    const width = Math.max(1, Math.round(picture.width * share));
    const height = Math.max(1, Math.round(picture.height * share));
    return sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } })
      .extract({
        left: Math.floor(random() * (picture.width - width)),
        top: Math.floor(random() * (picture.height - height)),
        width,
        height,
      })
      .jpeg({ quality: 85 })
      .toBuffer();
  },
  light: (picture, random, { signed }) => {
    const gain = 0.95 + signed() * 0.5;
    const warm = signed() * 0.25;
    return sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } })
      .linear([gain * (1 + warm), gain, gain * (1 - warm)], [random() * 30, random() * 30, random() * 30])
      .jpeg({ quality: 80 })
      .toBuffer();
  },
  blur: async (picture, _, { easy, hard }) => {
    const small = Math.round(SIDE * (0.25 + easy() * 0.3));
    return sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } })
      .resize({ width: small, height: small, fit: "inside" })
      .blur(0.8 + hard() * 1.2)
      .jpeg({ quality: 35 })
      .toBuffer();
  },
  occlusion: (picture, random, { hard }) => {
    const covered: Raster = { ...picture, data: Uint8Array.from(picture.data) };
    const width = Math.round(picture.width * (0.35 + hard() * 0.2));
    const height = Math.round(picture.height * (0.35 + hard() * 0.2));
    const left = Math.round(random() * (picture.width - width));
    const top = Math.round(random() * (picture.height - height));
    drawInto(covered, surface(width, height, random), [
      [left, top],
      [left + width, top],
      [left + width, top + height],
      [left, top + height],
    ]);
    return encode(covered);
  },
  background: (picture, random, { easy }, behind) => {
    const canvas =
      behind === null
        ? surface(picture.width, picture.height, random)
        : { ...behind, data: Uint8Array.from(behind.data) };
    const scale = (0.55 + easy() * 0.2) * Math.min(canvas.width / picture.width, canvas.height / picture.height);
    const width = picture.width * scale;
    const height = picture.height * scale;
    const left = random() * (canvas.width - width);
    const top = random() * (canvas.height - height);
    drawInto(canvas, picture, [
      [left, top],
      [left + width, top],
      [left + width, top + height],
      [left, top + height],
    ]);
    return encode(canvas);
  },
  shelf: async (picture, random, strength, behind) => {
    const { data, info } = await open(picture).trim({ threshold: 20 }).raw().toBuffer({ resolveWithObject: true });
    const thing: Raster = { data, width: info.width, height: info.height };
    return spoil(held(thing, random, strength, behind), random, strength);
  },
  small: among,
};

/**
 * @param bytes the catalogue picture's file
 * @param behind another picture's file, for `background`, `shelf` and `small`; null takes a plain surface
 * @param random seeded, so that a run can be repeated
 * @param severity the third of its range that the strength is taken from; null takes all of it
 * @returns a JPEG file, longest side at most 720 pixels
 */
export async function makeQuery(
  bytes: Uint8Array,
  transformation: Transformation,
  random: () => number,
  behind: Uint8Array | null = null,
  severity: Severity | null = null,
): Promise<Uint8Array> {
  const picture = await load(bytes);
  const other = behind === null ? null : await load(behind);
  return MAKERS[transformation](picture, random, strengthOf(severity, random), other);
}
