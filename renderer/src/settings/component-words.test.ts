import { expect, it } from "vitest";
import { adapterName, componentTitle } from "./component-words.ts";

it("tells the two encoders apart, and names what they run on", () => {
  const [image, text] = [
    { name: "encoder" as const, adapter: "triton" },
    { name: "encoder" as const, adapter: "triton, text" },
  ];
  expect([image, text].map(componentTitle)).toEqual(["Image encoder", "Text encoder"]);
  const sister = { name: "encoder" as const, adapter: "onnx, words to pictures" };
  expect([componentTitle(sister), adapterName(sister)]).toEqual(["Words to pictures", "ONNX Runtime, in the app"]);
  expect([image, text].map(adapterName)).toEqual(["Triton", "Triton"]);
  expect(adapterName({ name: "journal", adapter: "something new" })).toBe("something new");
  expect(componentTitle({ name: "catalogue", adapter: "mongo" })).toBe("Catalogue");
});
