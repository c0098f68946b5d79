import { expect, test } from "vitest";
import { held, moved, toFrame, toPlane, wholeOf } from "./view.ts";

const frame = { width: 800, height: 400 };

test("the whole plane is in its frame, and places go there and back", () => {
  const view = wholeOf(frame);
  for (const corner of [
    [-1, -1],
    [1, 1],
    [0.3, -0.7],
  ] as const) {
    const [x, y] = toFrame(corner, view, frame);
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(800);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(400);
    const back = toPlane([x, y], view, frame);
    expect(back[0]).toBeCloseTo(corner[0]);
    expect(back[1]).toBeCloseTo(corner[1]);
  }
  // Up on the plane is up on the screen.
  expect(toFrame([0, 1], view, frame)[1]).toBeLessThan(toFrame([0, -1], view, frame)[1]);
});

test("keys move and zoom within bounds", () => {
  const whole = wholeOf(frame);
  expect(moved(whole, "ArrowRight", frame)?.target[0]).toBeGreaterThan(0);
  expect(moved(whole, "ArrowUp", frame)?.target[1]).toBeGreaterThan(0);
  expect(moved(whole, "+", frame)?.zoom).toBeGreaterThan(whole.zoom);
  expect(moved({ target: [0.5, 0.5], zoom: 12 }, "0", frame)).toEqual(whole);
  expect(moved(whole, "x", frame)).toBeNull();
  expect(held({ target: [9, -9], zoom: 99 }, frame)).toEqual({ target: [1.2, -1.2], zoom: whole.zoom + 8 });
});
