import { describe, expect, test } from "vitest";
import { averageEmbedding, CATALOGUE_VIEWS, cutViews, QUERY_VIEWS, type RgbPicture, type ViewName } from "./views.ts";

const ALL: ViewName[] = [...new Set([...CATALOGUE_VIEWS, ...QUERY_VIEWS])];

/** Red, with a blue rectangle over the middle third of both sides. */
function picture(width: number, height: number): RgbPicture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [(i % width) / width, Math.floor(i / width) / height];
    data.set(x > 1 / 3 && x < 2 / 3 && y > 1 / 3 && y < 2 / 3 ? [0, 0, 255] : [255, 0, 0], i * 3);
  }
  return { data, width, height };
}

/** Share of a view that is blue. */
function blue(view: Uint8Array | undefined): number {
  if (view === undefined) throw new Error("no view");
  let count = 0;
  for (let i = 0; i < view.length; i += 3) if ((view[i + 2] ?? 0) > 128) count++;
  return count / (view.length / 3);
}

describe("views", () => {
  test.each([
    [1, 1],
    [2000, 1],
    [3, 900],
    [224, 224],
    [1600, 900],
  ])("of %i x %i pixels are squares in RGB", async (width, height) => {
    const views = await cutViews(picture(width, height), ALL, 64);
    expect(views.map((view) => view.length)).toEqual(ALL.map(() => 64 * 64 * 3));
  });

  test("show as much of the picture as they say", async () => {
    const names: ViewName[] = ["whole", "centre-875", "centre-60", "small"];
    const shares = (await cutViews(picture(900, 600), names)).map(blue);
    const expected = [1 / 9, 1 / 9 / 0.875 ** 2, 1 / 9 / 0.6 ** 2, 0.36 / 9];
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(expected[i] ?? 0, 2);
  });

  test("letterbox keeps proportions and fills with the border's colour", async () => {
    const [view] = await cutViews(picture(800, 400), ["letterbox"]);
    expect(blue(view)).toBeCloseTo(1 / 18, 2);
    expect([...(view ?? []).slice(0, 3)]).toEqual([255, 0, 0]);
  });
});

test("the average of embeddings has length 1 and lies between them", () => {
  const mean = averageEmbedding([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  expect(mean[0]).toBeCloseTo(Math.SQRT1_2, 6);
  expect(mean[1]).toBeCloseTo(Math.SQRT1_2, 6);
});
