import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { defaultConfig } from "../../shared/config.ts";
import { sightingOf } from "../describe/contract.ts";
import type { DescribedServer } from "./described-server.ts";

/** What Triton's describer does beyond what all describers do: queue, cancellation, deadline, processes that die. */
export function describeTritonsDescriber(server: DescribedServer): void {
  describe("the describer", () => {
    const openDescriber = (...given: Parameters<DescribedServer["openDescriber"]>) => server.openDescriber(...given);
    test("is named by the network, its precision, and all that it is told", async () => {
      const named = async (settings: Partial<typeof defaultConfig.describer>) => {
        const describer = openDescriber(settings);
        const fingerprint = await describer.fingerprint();
        await describer.close();
        return fingerprint;
      };
      const usual = await named({});
      expect(usual).toMatch(/^qwen3-vl-2b-reduced-fp32-p1-[0-9a-f]{8}$/);
      const others = await Promise.all([named({ maxTokens: 64 }), named({ side: 512 }), named({ deadlineMs: 9_000 })]);
      expect(others.map((one) => one === usual)).toEqual([false, false, true]);
    });

    test("answers more at once than it asks for at once, and refuses what would wait too long", async () => {
      const describer = openDescriber({ together: 1, maxTokens: 200 });
      const sighting = await sightingOf("images/tent.jpg");
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => describer.describe(sighting)));
      const answered = outcomes.filter(({ status }) => status === "fulfilled");
      const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      expect(answered).toHaveLength(3);
      expect(refused.map(({ code }) => code)).toEqual(["BUSY", "BUSY", "BUSY"]);
      await describer.close();
    });

    test("frees its place on the server when a caller goes away", async () => {
      const describer = openDescriber({ together: 8, maxTokens: 700 });
      const sighting = await sightingOf("images/tent.jpg");
      const gone = new AbortController();
      const asked = Array.from({ length: 8 }, () => describer.describe(sighting, { signal: gone.signal }));
      const settled = Promise.allSettled(asked);
      await sleep(300);
      gone.abort();
      for (const one of await settled) expect(one).toMatchObject({ status: "rejected", reason: { code: "CANCELLED" } });
      // All eight places of the model were taken: an answer shows that they are free.
      const other = openDescriber({ maxTokens: 32 });
      await other.describe(sighting);
      await Promise.all([describer.close(), other.close()]);
    });

    test("is cut off by its deadline with what it has said, or with the reason", async () => {
      const describer = openDescriber({ deadlineMs: 700, maxTokens: 700 });
      const outcome = await describer.describe(await sightingOf("images/tent.jpg")).catch((error: unknown) => error);
      // The model ends its text in time where it has begun; on a machine that is held up it has not.
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "TIMEOUT" });
      else expect(outcome).toHaveProperty("caption");
      await describer.close();
    });

    test("mends a model whose process was killed between two pictures", async () => {
      const describer = openDescriber();
      const sighting = await sightingOf("images/tent.jpg");
      const before = await describer.describe(sighting);
      server.notices.length = 0;
      server.killStub();
      expect(await describer.describe(sighting)).toEqual(before);
      expect(server.notices.join("\n")).toMatch(/model describe at .* had died and was loaded anew/);
      await describer.close();
    });

    test("fails, and describes the next picture, when the process is killed in the middle of one", async () => {
      const describer = openDescriber({ deadlineMs: 8_000, maxTokens: 700 });
      const sighting = await sightingOf("images/tent.jpg");
      const asked = describer.describe(sighting).catch((error: unknown) => error);
      await sleep(300);
      server.killStub();
      const outcome = await asked;
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({
          code: expect.stringMatching(/^(TIMEOUT|SERVICE_UNAVAILABLE|SERVICE_BAD_ANSWER)$/),
        });
      }
      const other = openDescriber();
      expect(await other.describe(sighting)).toHaveProperty("caption");
      await Promise.all([describer.close(), other.close()]);
    });

    test("names the model that the server does not have, or that is no describer", async () => {
      const absent = openDescriber({}, "nobody");
      await expect(absent.describe(await sightingOf("images/tent.jpg"))).rejects.toMatchObject({
        code: "SERVICE_MISMATCH",
        message: expect.stringMatching(/no model nobody; it has .*describe.*lay-out-describer/s),
      });
      expect(await absent.health()).toMatchObject({ state: "down", remote: { name: "Triton" } });
      const wrong = openDescriber({}, "all-minilm-l6-v2-text");
      await expect(wrong.fingerprint()).rejects.toMatchObject({
        code: "SERVICE_MISMATCH",
        message: expect.stringMatching(/can't describe pictures: it has no input `prompt`/),
      });
      await Promise.all([absent.close(), wrong.close()]);
    });
  });
}
