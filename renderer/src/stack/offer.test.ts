import { expect, it } from "vitest";
import type { StackStatus } from "../../../shared/contract/stack.ts";
import { mayOffer, offers } from "./offer.ts";

const first = { dismissed: false, products: 54, profile: "embedded" };
const status = (state: StackStatus["docker"]["state"]): StackStatus => ({
  ...{ profile: "embedded", services: [], containers: [] },
  docker: { state, detail: "", gpu: false },
});

it("is made at a first start where Docker is ready", () => {
  expect(offers(first, status("ready"))).toBe(true);
  expect(offers({ ...first, products: 0 }, status("ready"))).toBe(true);
});

it("is not made where Docker could not start anything, or is not asked yet", () => {
  expect(offers(first, status("missing"))).toBe(false);
  expect(offers(first, status("no-engine"))).toBe(false);
  expect(offers(first, undefined)).toBe(false);
});

it("is not made to who has said no, has settled in, or uses the stack: Docker is not even asked", () => {
  expect(mayOffer({ ...first, dismissed: true })).toBe(false);
  expect(mayOffer({ ...first, products: 5_000 })).toBe(false);
  expect(mayOffer({ ...first, profile: "stack" })).toBe(false);
  expect(mayOffer({ ...first, products: undefined })).toBe(false);
});
