import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../shared/config.ts";
import { defaultConfig } from "../../shared/config.ts";
import type { Run } from "../../shared/contract/journal.ts";
import type { Journal, LogLine } from "./port.ts";

/** Contract suite of the journal's port: every adapter's test file runs it. */

const DAY_MS = 86_400_000;

export function line(changes: Partial<LogLine> = {}): LogLine {
  return {
    time: Date.now(),
    level: "info",
    component: "match",
    runId: null,
    message: "A line.",
    data: null,
    ...changes,
  };
}

export function run(changes: Partial<Run> = {}): Run {
  return {
    runId: "run-1",
    time: new Date().toISOString(),
    kind: "text",
    source: null,
    text: "red boots",
    region: null,
    evidence: {
      ...{ fingerprint: "f", kind: "text", features: ["text", "textGap"] },
      candidates: [{ sku: "A", values: [0.5, -0.25] }],
    },
    verdict: "match",
    result: {
      runId: "run-1",
      stage: "refined",
      verdict: "match",
      matches: [],
      description: null,
      described: null,
      describing: false,
      timings: { total: 12.5 },
      picture: null,
      fingerprint: "test/1",
      warnings: [],
    },
    error: null,
    photo: null,
    feedback: null,
    ...changes,
  };
}

const hash = (digit: string) => digit.repeat(64);

/** A 400 x 200 red PNG would need an encoder here: this is the smallest picture that sharp reads, a 1 x 1 PNG. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export type OpenJournal = (settings: Config["journal"]) => Promise<Journal>;

export function journalContract(name: string, open: OpenJournal): void {
  describe(`journal contract: ${name}`, () => {
    let journal: Journal;
    const settings: Config["journal"] = { ...defaultConfig.journal, level: "debug", queryPhotos: "full" };

    beforeEach(async () => {
      journal = await open(settings);
    });
    afterEach(async () => {
      await journal.close();
    });

    it("gives lines back newest first, with their data", async () => {
      journal.log(line({ message: "first", data: { pictures: 3 } }));
      journal.log(line({ message: "second" }));
      const { entries, components } = await journal.list({ limit: 10 });
      expect(entries.map((entry) => entry.message)).toEqual(["second", "first"]);
      expect(entries[1]?.data).toEqual({ pictures: 3 });
      expect(components).toEqual(["match"]);
    });

    it("filters by least level, component, run, time and text", async () => {
      const now = Date.now();
      journal.log(line({ message: "debug of match", level: "debug" }));
      journal.log(line({ message: "import 100% done", component: "import", level: "warn" }));
      journal.log(line({ message: "of a run", runId: "run-7", level: "error" }));
      journal.log(line({ message: "old", time: now - DAY_MS }));
      const messages = async (query: Omit<Parameters<Journal["list"]>[0], "limit">) =>
        (await journal.list({ limit: 100, ...query })).entries.map((entry) => entry.message);
      expect(await messages({ level: "warn" })).toEqual(["of a run", "import 100% done"]);
      expect(await messages({ component: "import" })).toEqual(["import 100% done"]);
      expect(await messages({ runId: "run-7" })).toEqual(["of a run"]);
      expect(await messages({ until: new Date(now - 1000).toISOString() })).toEqual(["old"]);
      expect(await messages({ since: new Date(now - 1000).toISOString(), level: "error" })).toEqual(["of a run"]);
      expect(await messages({ text: "0% D" })).toEqual(["import 100% done"]);
      expect(await messages({ text: "_" })).toEqual([]);
    });

    it("pages with `before`", async () => {
      for (let i = 0; i < 5; i++) journal.log(line({ message: `line ${i}` }));
      const first = await journal.list({ limit: 2 });
      const second = await journal.list({ limit: 2, before: first.entries[1]?.id });
      expect([...first.entries, ...second.entries].map((entry) => entry.message)).toEqual([
        "line 4",
        "line 3",
        "line 2",
        "line 1",
      ]);
    });

    it("follows: lines of the filter from the call on, until the signal", async () => {
      journal.log(line({ message: "before" }));
      await journal.flush();
      const stop = new AbortController();
      const seen: string[] = [];
      const following = (async () => {
        for await (const entry of journal.follow({ level: "warn" }, stop.signal)) {
          seen.push(entry.message);
          if (seen.length === 2) stop.abort();
        }
      })();
      journal.log(line({ message: "too low" }));
      journal.log(line({ message: "one", level: "warn" }));
      journal.log(line({ message: "two", level: "error" }));
      await journal.flush();
      await following;
      expect(seen).toEqual(["one", "two"]);
    });

    it("tells a slow reader how many lines it skipped", async () => {
      const stop = new AbortController();
      const lines = journal.follow({}, stop.signal)[Symbol.asyncIterator]();
      for (let i = 0; i < 1500; i++) journal.log(line({ message: `line ${i}` }));
      await journal.flush();
      let skipped: unknown;
      let count = 0;
      while (skipped === undefined) {
        const { value } = await lines.next();
        count++;
        skipped = value?.data?.skipped;
      }
      expect(count).toBe(1001);
      expect(skipped).toBe(500);
      stop.abort();
      expect((await lines.next()).done).toBe(true);
    });

    it("ends followers when it closes", async () => {
      const lines = journal.follow({}, new AbortController().signal)[Symbol.asyncIterator]();
      const next = lines.next();
      await journal.close();
      expect((await next).done).toBe(true);
    });

    it("keeps runs, newest first, by verdict and page", async () => {
      const at = (ms: number) => new Date(1_800_000_000_000 + ms).toISOString();
      await journal.recordRun(run({ runId: "a", time: at(1) }), null);
      await journal.recordRun(run({ runId: "b", time: at(2), verdict: "none" }), null);
      await journal.recordRun(run({ runId: "c", time: at(3) }), null);
      expect((await journal.runs({ limit: 10 })).map((each) => each.runId)).toEqual(["c", "b", "a"]);
      expect((await journal.runs({ limit: 10, verdict: "none" })).map((each) => each.runId)).toEqual(["b"]);
      expect((await journal.runs({ limit: 1, before: at(3) })).map((each) => each.runId)).toEqual(["b"]);
      expect((await journal.run("a")).result?.timings).toEqual({ total: 12.5 });
    });

    it("a later stage of a run writes over the earlier one and keeps its feedback", async () => {
      await journal.recordRun(run({ verdict: "similar" }), null);
      const feedback = {
        answer: "wrong",
        sku: null,
        note: "it is the blue one",
        time: new Date().toISOString(),
      } as const;
      await journal.addFeedback("run-1", feedback);
      await journal.recordRun(run({ verdict: "match" }), null);
      const kept = await journal.run("run-1");
      expect(kept.verdict).toBe("match");
      expect(kept.feedback).toEqual(feedback);
    });

    it("takes back what was said of a run", async () => {
      await journal.recordRun(run(), null);
      const feedback = { answer: "right", sku: null, note: null, time: new Date().toISOString() } as const;
      await journal.addFeedback("run-1", feedback);
      await journal.addFeedback("run-1", null);
      expect((await journal.run("run-1")).feedback).toBeNull();
    });

    it("answers RUN_NOT_FOUND for a run that is not there", async () => {
      await expect(journal.run("nope")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      await expect(journal.photo("nope")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      const feedback = { answer: "right", sku: null, note: null, time: new Date().toISOString() } as const;
      await expect(journal.addFeedback("nope", feedback)).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    });

    it("keeps a query photo whole, and says where there is none", async () => {
      const photo = { hash: hash("a"), bytes: PIXEL, mediaType: "image/png" };
      await journal.recordRun(run(), photo);
      expect((await journal.run("run-1")).photo).toBe(hash("a"));
      const kept = await journal.photo("run-1");
      expect(kept.mediaType).toBe("image/png");
      expect(Buffer.from(kept.bytes).equals(PIXEL)).toBe(true);
      await journal.recordRun(run({ runId: "without" }), null);
      await expect(journal.photo("without")).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
    });

    it("prunes by age: lines and runs, and photos sooner, where no newer run has the same photo", async () => {
      const now = Date.now();
      const ago = (days: number) => now - days * DAY_MS;
      const photo = (digit: string) => ({ hash: hash(digit), bytes: PIXEL, mediaType: "image/png" });
      journal.log(line({ message: "old", time: ago(100) }));
      journal.log(line({ message: "new", time: ago(80) }));
      await journal.recordRun(run({ runId: "old", time: new Date(ago(100)).toISOString() }), photo("a"));
      await journal.recordRun(run({ runId: "middle", time: new Date(ago(40)).toISOString() }), photo("b"));
      await journal.recordRun(run({ runId: "again", time: new Date(ago(1)).toISOString() }), photo("a"));
      expect(await journal.prune(now)).toEqual({ lines: 1, runs: 1, photos: 1 });
      expect((await journal.list({ limit: 10 })).entries.map((entry) => entry.message)).toEqual(["new"]);
      expect((await journal.runs({ limit: 10 })).map((each) => [each.runId, each.photo])).toEqual([
        ["again", hash("a")],
        ["middle", null],
      ]);
      await expect(journal.photo("middle")).rejects.toMatchObject({ code: "PICTURE_NOT_FOUND" });
      expect((await journal.photo("again")).bytes.length).toBe(PIXEL.length);
    });

    it("is ready", async () => {
      expect((await journal.health()).state).toBe("ready");
    });
  });
}
