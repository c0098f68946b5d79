import { expect, test } from "vitest";
import { isPictureAddress } from "./engine-pictures.ts";

const HASH = "a".repeat(64);
const RUN = "0b0d4c1e-6a0f-4d0e-9d5e-0c6f3f0a1b2c";

test.each([
  `/api/v1/pictures/${HASH}`,
  "/api/v1/examples/sneakers-turned.jpg",
  `/api/v1/runs/${RUN}/photo`,
  `/api/v1/evaluations/${RUN}/pictures/17`,
])("%s is a picture of the engine's", (path) => {
  expect(isPictureAddress(path)).toBe(true);
});

test.each([
  "/api/v1/products",
  `/api/v1/evaluations/${RUN}/export`,
  `/api/v1/evaluations/${RUN}/pictures/17/../../export`,
  `/api/v1/evaluations/../settings/pictures/1`,
  `/api/v1/runs/${RUN}/photo/x`,
])("%s is not, and is no page's to fetch", (path) => {
  expect(isPictureAddress(path)).toBe(false);
});
