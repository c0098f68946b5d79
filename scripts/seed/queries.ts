import { join } from "node:path";
import { cutOut } from "./cutout.ts";
import { finish, type Pixels, pipeline, readPhoto } from "./pixels.ts";
import { drawInPerspective, type Quad } from "./warp.ts";

export interface Query {
  file: string;
  /** `null`: not in the catalogue. */
  sku: string | null;
  made: string;
  quality: number;
  pixels: Pixels;
}

/** Fractions of the picture: left, top, width, height. */
function crop({ width, height }: Pixels, left: number, top: number, w: number, h: number) {
  const box = [left * width, top * height, w * width, h * height].map(Math.round);
  return { left: box[0] ?? 0, top: box[1] ?? 0, width: box[2] ?? 0, height: box[3] ?? 0 };
}

/** The corners of a rectangle of `w` x `h` (fractions) around (x, y), turned by `degrees`, its far side shorter. */
function placed(x: number, y: number, w: number, h: number, degrees: number, far = 0.12): Quad {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const corner = (u: number, v: number): [number, number] => {
    const [dx, dy] = [(u * w * (v < 0 ? 1 - far : 1)) / 2, (v * h) / 2];
    return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** Makes the query photos from the catalogue's photos (by SKU) and the extra pictures. */
export async function makeQueries(photos: Map<string, Pixels>, extra: string): Promise<Query[]> {
  const photo = (sku: string) => {
    const found = photos.get(sku);
    if (!found) throw new Error(`no product ${sku}`);
    return found;
  };
  const other = (name: string) => readPhoto(join(extra, name), 1000);
  const onto = async (sku: string, tolerance: number, background: Pixels, quad: Quad) =>
    drawInPerspective(await cutOut(photo(sku), tolerance), background, quad);

  const gravel = await finish(
    pipeline(await other("gravel.png"))
      .resize(900, 700)
      .tint("#b9a58c"),
  );
  const grass = await finish(
    pipeline(await other("grass.png"))
      .resize(900, 700)
      .tint("#6f8f4a"),
  );
  const brick = await finish(
    pipeline(await other("brick.png"))
      .resize(700, 900)
      .tint("#a8765f")
      .modulate({ brightness: 1.2 }),
  );
  const meadow = await finish(pipeline(await other("seeding_by_Clements_Engelhardt.jpg")).resize(900, 700));

  const sneakers = photo("allstar-sneakers");
  const turned = await finish(pipeline(sneakers).rotate(19, { background: "#b99b6b" }));
  const keyboard = photo("clacky-keyboard");
  const gloves = photo("boxing-gloves");
  const ball = photo("basketball");
  const football = photo("football");
  const skateboard = photo("cruiser-skateboard");

  const queries: Query[] = [
    {
      file: "sneakers-turned.jpg",
      sku: "allstar-sneakers",
      made: "turned by 19 degrees, cropped",
      quality: 80,
      pixels: await finish(pipeline(turned).extract(crop(turned, 0.27, 0.25, 0.46, 0.5))),
    },
    {
      file: "keyboard-cropped.jpg",
      sku: "clacky-keyboard",
      made: "the left half alone, brighter and paler",
      quality: 80,
      pixels: await finish(
        pipeline(keyboard)
          .extract(crop(keyboard, 0, 0.1, 0.55, 0.9))
          .modulate({ brightness: 1.25, saturation: 0.7 }),
      ),
    },
    {
      file: "gloves-dark.jpg",
      sku: "boxing-gloves",
      made: "badly lit: a third of the light, a warm cast, JPEG quality 45",
      quality: 45,
      pixels: await finish(pipeline(gloves).linear([0.4, 0.3, 0.2], [4, 2, 0]).resize(900)),
    },
    {
      file: "cactus-on-brick.jpg",
      sku: "spiky-cactus",
      made: "cut out and put before a brick wall, leaning by 6 degrees",
      quality: 82,
      pixels: await onto("spiky-cactus", 44, brick, placed(0.52, 0.58, 0.5, 0.68, 6)),
    },
    {
      file: "camera-on-gravel.jpg",
      sku: "instamatic-camera",
      made: "cut out and laid on gravel, turned by 24 degrees more",
      quality: 82,
      pixels: await onto("instamatic-camera", 40, gravel, placed(0.5, 0.5, 0.56, 0.56, 24)),
    },
    {
      file: "shoe-small-on-grass.jpg",
      sku: "freerun-running-shoe",
      made: "cut out, small in the frame, on grass",
      quality: 82,
      pixels: await onto("freerun-running-shoe", 22, grass, placed(0.6, 0.6, 0.34, 0.4, -12)),
    },
    {
      file: "basketball-blurred.jpg",
      sku: "basketball",
      made: "shaken (a sideways motion blur), cropped",
      quality: 80,
      pixels: await finish(
        pipeline(ball)
          .extract(crop(ball, 0.15, 0.4, 0.8, 0.5))
          .convolve({
            width: 11,
            height: 3,
            kernel: [...Array(11).fill(0), ...Array(11).fill(1), ...Array(11).fill(0)],
          }),
      ),
    },
    {
      file: "football-overexposed.jpg",
      sku: "football",
      made: "overexposed, cropped from the right, JPEG quality 35",
      quality: 35,
      pixels: await finish(
        pipeline(football)
          .extract(crop(football, 0, 0, 0.62, 1))
          .linear(1.7, 30),
      ),
    },
    {
      file: "skateboard-seen-from-the-side.jpg",
      sku: "cruiser-skateboard",
      made: "a print of the picture in strong perspective, before a meadow out of focus",
      quality: 82,
      pixels: drawInPerspective(skateboard, await finish(pipeline(meadow).blur(4)), [
        [0.16, 0.12],
        [0.82, 0.26],
        [0.9, 0.84],
        [0.06, 0.93],
      ]),
    },
    {
      file: "not-here-coffee.jpg",
      sku: null,
      made: "a cup of coffee, as photographed",
      quality: 82,
      pixels: await other("coffee.png"),
    },
    {
      file: "not-here-paintbrushes.jpg",
      sku: null,
      made: "paintbrushes, made smaller",
      quality: 78,
      pixels: await readPhoto(join(extra, "Picture_1A_by_freespace.jpg"), 800),
    },
    {
      file: "not-here-bowl.jpg",
      sku: null,
      made: "a red bowl with a fig, made smaller",
      quality: 78,
      pixels: await readPhoto(join(extra, "Picture_0B_by_freespace.jpg"), 800),
    },
  ];
  return queries;
}
