import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../evaluate/metrics.ts";
import { createGraph } from "./graph.ts";
import { toHalf } from "./half.ts";
import type { StoredPoint } from "./rows.ts";

const DIMENSIONS = 64;

describe("search graph", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmatch-graph-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

  test("answers many searches at once where points came since it was built", async () => {
    const random = seededRandom(3);
    const vector = () => Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
    const points = (from: number, count: number): StoredPoint[] =>
      Array.from({ length: count }, (_, n) => ({
        ...{ row: from + n, half: toHalf(vector()), category: "c", brand: "b", currency: null, price: null },
      }));
    const graph = createGraph(join(folder, "graph"), DIMENSIONS);
    await graph.add(points(1, 2000));
    await graph.build();
    await graph.add(points(5000, 500));
    let answered = 0;
    const asker = async () => {
      for (let n = 0; n < 40; n++) {
        const near = await graph.nearest(vector(), 96, null);
        if (near.length === 96) answered++;
      }
    };
    await Promise.all(Array.from({ length: 16 }, asker));
    expect(answered).toBe(640);
    await graph.close();
  }, 120_000);
});
