import { expect, test } from "vitest";
import { describeDescriber, sightingOf } from "./contract.ts";
import { createEmbeddedDescriber } from "./embedded.ts";

describeDescriber("embedded", async () => createEmbeddedDescriber());

test("puts together what was recognised and read, and never what it can't know", async () => {
  const describer = createEmbeddedDescriber();
  const found = { classes: [{ name: "basketball", probability: 0.8 }], text: ["SPALDING", "NBA"] };
  const words = await describer.describe(await sightingOf("images/basketball.jpg", found));
  expect(words).toMatchObject({ category: "basketball", text: ["SPALDING", "NBA"], material: "", brand: "" });
  expect(words.caption).toMatch(/^A basketball in .*, with the words "SPALDING NBA"\.$/);
  expect(words.colours.length).toBeGreaterThan(0);
});
