import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { lookAt } from "./look.ts";

const files: Record<"jpeg" | "png", Uint8Array> = { jpeg: new Uint8Array(), png: new Uint8Array() };
beforeAll(async () => {
  // Left half dark, right half light.
  const right = await sharp({ create: { width: 1600, height: 2000, channels: 3, background: "#eee" } })
    .png()
    .toBuffer();
  const picture = sharp({ create: { width: 3200, height: 2000, channels: 3, background: "#222" } }).composite([
    { input: right, left: 1600, top: 0 },
  ]);
  files.jpeg = await picture.clone().jpeg().toBuffer();
  files.png = await picture.clone().png().toBuffer();
});

describe.each(["jpeg", "png"] as const)("%s", (format) => {
  test("is seen at the size that is asked for, whatever came before", async () => {
    for (const order of [
      [448, 1280, 2560],
      [2560, 1280, 448],
    ]) {
      const look = lookAt(files[format], { name: "x" });
      const seen = await Promise.all(order.map(look));
      expect(seen.map((picture) => picture.width)).toEqual(order);
      for (const picture of seen) {
        expect(picture.rgb).toHaveLength(picture.width * picture.height * 3);
        expect(picture).toMatchObject({ originalWidth: 3200, originalHeight: 2000, format });
      }
      const [first] = seen;
      expect(await look(order[0] ?? 0)).toBe(first);
    }
  });

  test("never has more pixels than the file, nor more than asked for after it was seen whole", async () => {
    const look = lookAt(files[format], { name: "x" });
    expect(await look(4000)).toMatchObject({ width: 3200, height: 2000 });
    expect(await look(3500)).toMatchObject({ width: 3200, height: 2000 });
    expect(await look(448)).toMatchObject({ width: 448, height: 280 });
  });

  test("a region has the pixels, not the whole", async () => {
    const look = lookAt(files[format], { name: "x" }, { x: 0.75, y: 0.25, width: 0.25, height: 0.25 });
    const seen = await look(448);
    expect(Math.max(seen.width, seen.height)).toBeGreaterThanOrEqual(440);
    expect(Math.max(seen.width, seen.height)).toBeLessThanOrEqual(460);
    expect(seen.rgb[0]).toBeGreaterThan(200);
    // A quarter of 3,200 pixels is all that there is.
    expect((await look(2560)).width).toBe(800);
  });
});

test("what can't be read fails every look", async () => {
  const look = lookAt(files.png.subarray(0, 2000), { name: "cut.png" });
  await expect(look(448)).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
  await expect(look(1280)).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
});
