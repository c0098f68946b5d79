import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pictureWordsSchema } from "../../shared/contract/describe.ts";
import { lookAt } from "../picture/look.ts";
import type { Describer, Sighting } from "./port.ts";
import { saysNothing } from "./words.ts";

/** What every adapter of the describer does alike; one suite, run against each. */

const SEED = join(import.meta.dirname, "..", "..", "seed");

/** A picture of the seed, for example `images/laptop.jpg`, of which nothing was found out but what is named. */
export async function sightingOf(file: string, found: Partial<Omit<Sighting, "look">> = {}): Promise<Sighting> {
  return { look: lookAt(await readFile(join(SEED, file)), { name: file }), classes: [], text: [], ...found };
}

const NOTED = { classes: [{ name: "laptop", probability: 0.9 }], text: ["ACME  BOOK", "ACME  BOOK", " "] };

export function describeDescriber(name: string, open: () => Promise<Describer>): void {
  describe(`describer: ${name}`, () => {
    let describer: Describer;
    beforeAll(async () => {
      describer = await open();
    }, 300_000);
    afterAll(() => describer.close());

    test("says something, within the limits that the contract sets, each line once", async () => {
      for (const file of ["images/laptop.jpg", "images/tent.jpg", "queries/camera-on-gravel.jpg"]) {
        const words = await describer.describe(await sightingOf(file, NOTED));
        expect(pictureWordsSchema.parse(words)).toEqual(words);
        expect(saysNothing(words)).toBe(false);
        for (const lines of [words.colours, words.text]) {
          expect(new Set(lines).size).toBe(lines.length);
          for (const line of lines) expect(line).toBe(line.replace(/\s+/g, " ").trim());
        }
      }
    });

    test("says the same of the same picture, alone and beside others", async () => {
      const ask = async (file: string) => describer.describe(await sightingOf(file, NOTED));
      const files = ["images/laptop.jpg", "images/tent.jpg", "images/basketball.jpg"];
      const alone = [];
      for (const file of files) alone.push(await ask(file));
      expect(await Promise.all(files.map(ask))).toEqual(alone);
    });

    test("is named by one fingerprint, also when it is opened again", async () => {
      const other = await open();
      try {
        const fingerprint = await describer.fingerprint();
        expect(fingerprint).toMatch(/^[\w.-]+-p\d+-[0-9a-f]{8}$/);
        expect(await other.fingerprint()).toBe(fingerprint);
      } finally {
        await other.close();
      }
    });

    test("tells a picture that can't be read from its own failures", async () => {
      const broken = lookAt(new Uint8Array(await readFile(join(SEED, "images", "tent.jpg"))).slice(0, 900), {
        name: "broken.jpg",
      });
      const asked = describer.describe({ look: broken, classes: [], text: [] });
      await expect(asked).rejects.toMatchObject({
        code: expect.stringMatching(/^IMAGE_/),
        message: expect.stringContaining("broken.jpg"),
      });
      expect((await describer.health()).state).toBe("ready");
    });

    test("gives up when it is told to, and describes on", async () => {
      const early = new AbortController();
      early.abort();
      const sighting = await sightingOf("images/tent.jpg");
      await expect(describer.describe(sighting, { signal: early.signal })).rejects.toMatchObject({ code: "CANCELLED" });
      expect(saysNothing(await describer.describe(sighting))).toBe(false);
    });

    test("is ready, and says of itself what it is", async () => {
      const health = await describer.health();
      expect(health.state).toBe("ready");
      expect(health.detail).not.toBe("");
    });

    test("refuses when it is closed, which may be done twice", async () => {
      const other = await open();
      await other.close();
      await other.close();
      await expect(other.describe(await sightingOf("images/tent.jpg"))).rejects.toMatchObject({ code: "ENGINE_GONE" });
    });
  });
}
