import { expect, it } from "vitest";
import { lastUsed, remember, withUsed } from "./recent.ts";

it("keeps each once, the last in front, and not for ever", () => {
  let used = withUsed(withUsed([], { id: "a" }), { id: "b" });
  used = withUsed(used, { id: "a" });
  expect(used).toEqual([{ id: "a" }, { id: "b" }]);
  for (let at = 0; at < 30; at++) used = withUsed(used, { id: String(at) });
  expect(used).toHaveLength(12);
  expect(used[0]).toEqual({ id: "29" });
});

it("works where nothing can be kept", () => {
  expect(lastUsed()).toEqual([]);
  expect(() => remember({ id: "a" })).not.toThrow();
});
