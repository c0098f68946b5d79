import { expect, it } from "vitest";
import { acceleratorOf } from "./accelerator.ts";

const none = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

it.each([
  [{ ctrlKey: true, altKey: true, code: "KeyM" }, "Control+Alt+M"],
  [{ ctrlKey: true, shiftKey: true, code: "Digit5" }, "Control+Shift+5"],
  [{ metaKey: true, code: "F9" }, "Super+F9"],
  [{ shiftKey: true, code: "KeyM" }, null],
  [{ code: "KeyM" }, null],
  [{ ctrlKey: true, code: "ControlLeft" }, null],
  [{ ctrlKey: true, code: "Tab" }, null],
])("%j is %s", (pressed, keys) => {
  expect(acceleratorOf({ ...none, ...pressed })).toBe(keys);
});
