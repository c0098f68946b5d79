import { expect, it } from "vitest";
import { changedParams } from "./address.ts";

it("changes what is named, keeps the rest, and leaves empty values out", () => {
  const params = new URLSearchParams("text=red&category=a&category=b&page=3");
  const next = changedParams(params, { category: ["c", "d"], page: undefined, text: "" });
  expect(next.toString()).toBe("category=c&category=d");
  expect(params.get("page")).toBe("3");
});
