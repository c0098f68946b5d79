import sharp from "sharp";
import { expect, test } from "vitest";
import { readText } from "./read-text.ts";

async function label(turn = 0) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600">
    <rect width="800" height="600" fill="#eee8d0"/>
    <g font-family="DejaVu Sans">
      <text x="60" y="120" font-size="64" fill="#203040">GREEN TEA</text>
      <text x="60" y="200" font-size="36" fill="#a02020">Organic 20 bags</text>
      <text x="480" y="200" font-size="36">Net 40 g</text>
      <text x="100" y="520" font-size="44" transform="rotate(-18 100 520)">Best before 2027</text>
    </g></svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .rotate(turn, { background: "#777" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: new Uint8Array(data), width: info.width, height: info.height };
}

const LINES = ["GREEN TEA", "Organic 20 bags", "Net 40 g", "Best before 2027"];

test("a label is read in reading order, slanted lines too", async () => {
  const lines = await readText(await label());
  expect(lines.map((line) => line.text)).toEqual(LINES);
  for (const { confidence, box } of lines) {
    expect(confidence).toBeGreaterThan(0.85);
    for (const value of box.flat()) expect(value).toBeGreaterThan(0);
    for (const value of box.flat()) expect(value).toBeLessThan(1);
  }
  expect(lines[0]?.box[0][0]).toBeCloseTo(60 / 800, 1);
});

test.each([12, 90, 180])("turned by %i degrees", async (turn) => {
  const lines = await readText(await label(turn));
  expect(lines.map((line) => line.text).sort()).toEqual(LINES.toSorted());
});

test("the largest lines are read where there are more than wanted", async () => {
  const lines = await readText(await label(), { lines: 2 });
  expect(lines).toHaveLength(2);
  expect(lines[0]?.text).toBe("GREEN TEA");
});

test("a picture without text, even of one pixel, has none", async () => {
  expect(await readText({ rgb: new Uint8Array(3), width: 1, height: 1 })).toEqual([]);
  expect(await readText({ rgb: new Uint8Array(90_000).fill(120), width: 300, height: 100 })).toEqual([]);
});
