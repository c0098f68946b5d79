import { expect, test } from "vitest";
import { differingPlaces, shareDiffering } from "./differing-places.ts";

const LEFT = { x: 10, y: 0, width: 100, height: 200 };
const RIGHT = { x: 200, y: 20, width: 40, height: 40 };
/** Two by two places over the right half of the catalogue picture; the photo shows them in its upper half, turned by a quarter. */
const DIFFERENCES = {
  side: 2,
  values: [-1, 90, 20, 50],
  catalogue: { x: 0.5, y: 0, width: 0.5, height: 1 },
  photo: [0, -1, 1, 0.5, 0, 0, 0, 0, 1],
};

test("draws what looks different where either picture shows it", () => {
  const places = differingPlaces(DIFFERENCES, LEFT, RIGHT);
  expect(places.map(({ key, percent }) => [key, percent])).toEqual([
    [1, 90],
    [3, 50],
  ]);
  expect(places[0]?.catalogue).toBe("230.0,20.0 240.0,20.0 240.0,40.0 230.0,40.0");
  expect(places[0]?.query).toBe("110.0,50.0 110.0,100.0 60.0,100.0 60.0,50.0");
});

test("a perspective is followed, and nothing is drawn beyond a picture", () => {
  const [place] = differingPlaces(
    { ...DIFFERENCES, values: [100, 0, 0, 0], photo: [2, 0, -0.5, 0, 1, 0, 1, 0, 1] },
    LEFT,
    RIGHT,
  );
  expect(place?.query).toBe("10.0,0.0 43.3,0.0 43.3,66.7 10.0,100.0");
});

test("counts the share among what the photo shows", () => {
  expect(shareDiffering(DIFFERENCES)).toBeCloseTo(2 / 3);
  expect(shareDiffering({ ...DIFFERENCES, values: [-1, -1, -1, -1] })).toBe(0);
});
