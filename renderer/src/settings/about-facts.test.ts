import { expect, it } from "vitest";
import { factsOf, reportText } from "./about-facts.ts";
import { found } from "./licences.ts";

const about = {
  ...{ version: "0.1.0", commit: null, node: "24.21.0", platform: "Linux 6.1, x64", processors: "2 of some" },
  ...{ memoryBytes: 2 ** 33, profile: "embedded", parts: { encoder: "onnx", index: "embedded" } },
  fingerprint: { image: "one-1", text: "two-2" },
  calibration: { fingerprint: "one-1", measuredOn: "54 products", fits: true },
};

it("puts what a report needs into plain text", () => {
  const text = reportText(factsOf(about, "Chromium 140"));
  expect(text).toContain(
    "Shelfmatch\n  Version: 0.1.0\n  Commit: not known\n  Node: 24.21.0\n  Pages in: Chromium 140",
  );
  expect(text).toContain("  Parts: encoder onnx, index embedded\n  Image encoder: one-1");
  expect(text).toContain("Calibration: for the models in use; measured on 54 products");
});

it("says where the calibration is another model's", () => {
  const other = { ...about, calibration: { ...about.calibration, fingerprint: "old-1", fits: false } };
  expect(reportText(factsOf(other, ""))).toContain("for old-1, which is not in use");
});

it("finds parts by words of name, licence and kind", () => {
  const shipped = [
    { name: "sharp", version: "1", licence: "Apache-2.0", kind: "package" as const, text: null },
    { name: "inter", version: "1", licence: "OFL-1.1", kind: "font" as const, text: null },
  ];
  expect(found(shipped, "").length).toBe(2);
  expect(found(shipped, "Apache sha").map(({ name }) => name)).toEqual(["sharp"]);
  expect(found(shipped, "font").map(({ name }) => name)).toEqual(["inter"]);
  expect(found(shipped, "nothing")).toEqual([]);
});
