import { expect, test } from "vitest";
import { isReplaced, kindOf, partOf } from "./layout.ts";

const RUN = "evaluations/0b0d4c1e-6a0f-4d0e-9d5e-0c6f3f0a1b2c";

test("kept evaluations are backed up, drafts and strangers are not", () => {
  for (const file of ["run.json", "report.json", "trials.jsonl", "17.jpg"]) {
    expect(kindOf(`${RUN}/${file}`)).toMatchObject({ part: "evaluations", kind: "file" });
  }
  for (const path of [`${RUN}.part/run.json`, `${RUN}/other.txt`, `${RUN}/../config.json`, "evaluations/run.json"]) {
    expect(kindOf(path)).toBeNull();
  }
  expect(partOf(`${RUN}/17.jpg`)).toBe("evaluations");
  expect(isReplaced("evaluations")).toBe(true);
});

test("where imports stand is backed up, what was uploaded for them is not", () => {
  expect(kindOf("imports/imports.sqlite")).toMatchObject({ kind: "database" });
  expect(kindOf("imports/0b0d4c1e-6a0f-4d0e-9d5e-0c6f3f0a1b2c/products.csv")).toBeNull();
  expect(isReplaced("imports")).toBe(true);
});

test("batches are backed up with the pictures that were uploaded for them", () => {
  const [batch, picture] = ["0b0d4c1e-6a0f-4d0e-9d5e-0c6f3f0a1b2c", "1b0d4c1e-6a0f-4d0e-9d5e-0c6f3f0a1b2c"];
  expect(kindOf("batches/batches.sqlite")).toMatchObject({ part: "batches", kind: "database" });
  expect(kindOf(`batches/pictures/${batch}/${picture}`)).toMatchObject({ part: "batches", kind: "file" });
  for (const path of [`batches/pictures/${batch}/../x`, "batches/other.sqlite", `batches/pictures/${batch}/a.jpg`]) {
    expect(kindOf(path)).toBeNull();
  }
  expect(isReplaced("batches")).toBe(true);
});
