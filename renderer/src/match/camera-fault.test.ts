import { expect, it } from "vitest";
import { cameraFault, FAULT_WORDS } from "./camera-fault.ts";

it.each([
  ["NotFoundError", "none"],
  ["NotAllowedError", "denied"],
  ["NotReadableError", "in-use"],
  ["SomethingNew", "other"],
] as const)("%s is said as %s", (name, fault) => {
  expect(cameraFault(new DOMException("", name))).toBe(fault);
  expect(FAULT_WORDS[fault].title).not.toBe("");
});
