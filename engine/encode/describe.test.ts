import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { namedColors } from "./colors.ts";
import { describe as describePicture } from "./describe.ts";
import type { RgbPicture } from "./views.ts";

/** A square of one colour in the middle of another. */
function square(inside: [number, number, number], outside: [number, number, number]): RgbPicture {
  const [width, height] = [60, 60];
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    data.set(x >= 15 && x < 45 && y >= 15 && y < 45 ? inside : outside, i * 3);
  }
  return { data, width, height };
}

test.each<[[number, number, number], string]>([
  [[10, 10, 10], "black"],
  [[250, 250, 250], "white"],
  [[128, 128, 128], "grey"],
  [[220, 20, 30], "red"],
  [[30, 90, 200], "blue"],
  [[240, 200, 20], "yellow"],
  [[40, 150, 60], "green"],
  [[245, 150, 185], "pink"],
  [[110, 70, 35], "brown"],
])("%j is %s, whatever lies behind it", (color, name) => {
  const behind: [number, number, number] = name === "white" ? [30, 30, 30] : [255, 255, 255];
  expect(namedColors(square(color, behind))[0]?.name).toBe(name);
});

test("a picture of one colour has that colour, though it fills the border", () => {
  const green: [number, number, number] = [40, 150, 60];
  expect(namedColors(square(green, green))).toEqual([{ name: "green", share: 1 }]);
});

test("names the colours of a photograph", async () => {
  const file = join(import.meta.dirname, "../../seed/images/ethernet-cable.jpg");
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect(namedColors({ data, width: info.width, height: info.height })[0]?.name).toBe("red");
});

const picture = square([220, 20, 30], [255, 255, 255]);

test("says what it is sure of, what it is not, and the words it was given", () => {
  const sure = describePicture({
    picture,
    classes: [{ name: "running shoe", probability: 0.9 }],
    text: [" NIKE ", ""],
  });
  expect(sure.caption).toBe('A running shoe in red, with the words "NIKE".');
  expect(sure.text).toEqual(["NIKE"]);
  const unsure = describePicture({ picture, classes: [{ name: "envelope", probability: 0.3 }] });
  expect(unsure.caption).toBe("Perhaps an envelope in red.");
});

test("leaves out classes that are mere guesses", () => {
  const guess = describePicture({ picture, classes: [{ name: "flatworm", probability: 0.08 }] });
  expect(guess.classes).toEqual([]);
  expect(guess.caption).toBe("Something in red.");
});
