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

    it("filters by several levels and components, and pages towards newer lines", async () => {
      const levels = ["debug", "info", "warn", "error"] as const;
      for (const level of levels) for (const component of ["match", "http"]) journal.log(line({ level, component }));
      const said = async (query: Omit<Parameters<Journal["list"]>[0], "limit">) =>
        (await journal.list({ limit: 100, ...query })).entries.map((entry) => `${entry.component} ${entry.level}`);
      expect(await said({ levels: ["error", "info"] })).toEqual([
        "http error",
        "match error",
        "http info",
        "match info",
      ]);
      expect(await said({ levels: ["debug", "warn"], components: ["http"] })).toEqual(["http warn", "http debug"]);
      expect(await said({ components: ["match", "no such"], level: "warn" })).toEqual(["match error", "match warn"]);
      expect(await said({ components: ["no such"] })).toEqual([]);
      const all = (await journal.list({ limit: 100 })).entries.map(({ id }) => id);
      const newer = await journal.list({ limit: 3, after: all[5] ?? 0 });
      expect(newer.entries.map(({ id }) => id)).toEqual(all.slice(2, 5));
    });

    it("finds a text anywhere in the message or the data, of one letter or many, in any case", async () => {
      for (let i = 0; i < 600; i++) journal.log(line({ message: `line number ${i}` }));
      journal.log(line({ message: "Die Wärmflasche (rot) fehlt", data: { file: "C:\\shelf\\a.jpg" } }));
      for (let i = 600; i < 1200; i++) journal.log(line({ message: `line number ${i}` }));
      const found = async (text: string) =>
        (await journal.list({ limit: 5, text })).entries.map(({ message }) => message);
      for (const text of ["rmflasche", "WÄRM", "(ROT)", "a.jpg", "fl"]) {
        expect(await found(text), text).toEqual(["Die Wärmflasche (rot) fehlt"]);
      }
      expect(await found("number 59")).toEqual(["line number 599", ...[8, 7, 6, 5].map((n) => `line number 59${n}`)]);
      expect(await found("line.number")).toEqual([]);
      expect((await journal.overview({ text: "number 59" }, 10)).total).toBe(11);
    });

    it("counts what fits by level, component and over time, in times that are no whole minutes too", async () => {
      const base = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * DAY_MS;
      const at = (minutes: number) => base + minutes * 60_000 + 30_000;
      for (let i = 0; i < 10; i++) journal.log(line({ time: at(i), level: i < 3 ? "error" : "info" }));
      for (let i = 0; i < 4; i++) journal.log(line({ time: at(i * 60), component: "http", level: "warn" }));
      journal.log(line({ time: at(0) + 2 * DAY_MS, component: "http" }));
      const all = await journal.overview({}, 60);
      expect(all).toMatchObject({ total: 15, complete: true, levels: { debug: 0, info: 8, warn: 4, error: 3 } });
      expect(all.components).toEqual([
        { name: "match", count: 10 },
        { name: "http", count: 5 },
      ]);
      const sum = (overview: typeof all) =>
        overview.histogram.bars.reduce((n, bar) => n + bar.debug + bar.info + bar.warn + bar.error, 0);
      expect(sum(all)).toBe(15);
      expect(all.histogram.bars.length).toBeLessThanOrEqual(61);
      // Each count leaves its own filter out.
      const some = await journal.overview({ levels: ["error"], components: ["http"] }, 60);
      expect(some).toMatchObject({ total: 0, levels: { info: 1, warn: 4, error: 0 } });
      expect(some.components).toEqual([{ name: "match", count: 3 }]);
      // From the middle of a minute to the middle of another.
      const part = { since: new Date(at(1)).toISOString(), until: new Date(at(61) - 1).toISOString() };
      expect(await journal.overview(part, 30)).toMatchObject({ total: 10, levels: { info: 7, warn: 1, error: 2 } });
      const listed = await journal.list({ ...part, limit: 100 });
      expect(listed.entries.length).toBe(10);
      // And what is written afterwards counts as well.
      journal.log(line({ time: at(2), level: "error" }));
      expect((await journal.overview(part, 30)).levels.error).toBe(3);
    });

    it("counts nothing in an empty journal", async () => {
      expect(await journal.overview({}, 60)).toMatchObject({ total: 0, components: [], histogram: { bars: [] } });
      expect(await journal.problems({ level: "warn", limit: 10 }, 4)).toEqual([]);
      expect(await journal.usage()).toMatchObject({ lines: 0, runs: 0, oldest: null, newest: null, photos: 0 });
    });

    it("takes errors that say the same as one problem, with its runs and its trend", async () => {
      const now = Date.now();
      const failed = (ms: number, ago: number, runId: string | null) =>
        line({
          ...{ time: now - ago, level: "error", component: "index", runId },
          ...{
            message: `Qdrant at http://10.0.0.${ms}:6333 did not answer within ${ms} ms.`,
            data: { code: "TIMEOUT" },
          },
        });
      journal.log(failed(10, 4 * 3_600_000, "run-a"));
      journal.log(failed(20, 2.5 * 3_600_000, null));
      journal.log(failed(30, 1_000, "run-b"));
      journal.log({ ...failed(40, 1_000, "run-b"), data: { code: "OTHER" } });
      journal.log(line({ level: "warn", message: "a.jpg: IMAGE_UNREADABLE" }));
      journal.log(line({ level: "warn", message: "other photo.jpg: IMAGE_UNREADABLE" }));
      journal.log(line({ message: "no problem" }));
      const range = { since: new Date(now - 4 * 3_600_000).toISOString(), until: new Date(now).toISOString() };
      const problems = await journal.problems({ ...range, level: "error", limit: 10 }, 4);
      expect(problems.map(({ code, count }) => [code, count]).sort()).toEqual([
        ["OTHER", 1],
        ["TIMEOUT", 3],
      ]);
      const slow = problems.find(({ code }) => code === "TIMEOUT");
      if (slow === undefined) throw new Error("The problem is not there.");
      expect(slow).toMatchObject({
        ...{ level: "error", component: "index", title: "Qdrant at <url> did not answer within <n> ms." },
        ...{ first: new Date(now - 4 * 3_600_000).toISOString(), last: new Date(now - 1_000).toISOString() },
        ...{ trend: [1, 1, 0, 1], mark: null, returned: false, sample: { data: { code: "TIMEOUT" } } },
      });
      expect((await journal.problemRuns(slow.fingerprint)).map(({ runId }) => runId)).toEqual(["run-b", "run-a"]);
      expect(await journal.problemRuns("nope")).toEqual([]);
      const lines = await journal.list({ problem: slow.fingerprint, limit: 10 });
      expect(lines.entries.map(({ runId }) => runId)).toEqual(["run-b", null, "run-a"]);
      expect((await journal.overview({ problem: slow.fingerprint }, 4)).total).toBe(3);
      expect((await journal.list({ problem: "nope", limit: 10 })).entries).toEqual([]);
      const later = { since: new Date(now - 60_000).toISOString() };
      const recent = await journal.problems({ ...later, level: "warn", limit: 10 }, 4);
      expect(recent.map(({ count }) => count).sort()).toEqual([1, 1, 2]);
      expect((await journal.problems({ ...later, level: "warn", component: "match", limit: 10 }, 4)).length).toBe(1);
    });

    it("keeps what was said of a problem, and says when a resolved one is back", async () => {
      const fail = () => journal.log(line({ level: "error", message: "It failed.", time: Date.now() }));
      const one = async () => (await journal.problems({ level: "error", limit: 10 }, 4))[0];
      fail();
      const { fingerprint = "" } = (await one()) ?? {};
      await journal.mark(fingerprint, "known", "The cable is loose.");
      expect(await one()).toMatchObject({ mark: { state: "known", note: "The cable is loose." }, returned: false });
      await journal.mark(fingerprint, "resolved", null);
      expect(await one()).toMatchObject({ mark: { state: "resolved", note: null }, returned: false });
      await new Promise((resolve) => setTimeout(resolve, 5));
      fail();
      expect(await one()).toMatchObject({ count: 2, mark: { state: "resolved" }, returned: true });
      await journal.mark(fingerprint, null, null);
      expect(await one()).toMatchObject({ mark: null, returned: false });
    });

    it("tells every mark, also of problems that it has no lines of, and takes one over with its time", async () => {
      const time = Date.parse("2026-01-02T03:04:05.678Z");
      await journal.mark("b", "ignored", null, time);
      await journal.mark("a", "known", "Loose cable.");
      await journal.mark("c", "known", null);
      await journal.mark("c", null, null);
      const [first, second, ...rest] = await journal.marks();
      expect(first).toMatchObject({ fingerprint: "a", state: "known", note: "Loose cable." });
      expect(Math.abs((first?.time ?? 0) - Date.now())).toBeLessThan(600_000);
      expect(second).toEqual({ fingerprint: "b", state: "ignored", note: null, time });
      expect(rest).toEqual([]);
    });

    it("sums runs for charts: verdicts and percentiles of the stages, a later stage in place of the earlier", async () => {
      const base = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 10 * 3_600_000;
      const at = (hours: number) => new Date(base + hours * 3_600_000 + 60_000).toISOString();
      const result = (total: number) => {
        const { result: made } = run();
        return made === null ? null : { ...made, timings: { total, search: total / 2 } };
      };
      for (let i = 1; i <= 100; i++)
        await journal.recordRun(run({ runId: `r${i}`, time: at(1), result: result(i) }), null);
      const error = { code: "IMAGE_UNREADABLE", message: "It is no picture.", retryable: false };
      await journal.recordRun(run({ runId: "f", time: at(3), verdict: null, result: null, error }), null);
      await journal.recordRun(run({ runId: "s", time: at(3), verdict: "similar", result: result(500) }), null);
      journal.log(line({ level: "error", time: Date.parse(at(3)) }));
      const range = { since: new Date(base).toISOString(), until: new Date(base + 5 * 3_600_000).toISOString() };
      const figures = await journal.figures(range, 5);
      expect(figures.times.length).toBe(5);
      expect(figures.verdicts[1]).toEqual({ match: 100, similar: 0, none: 0, failed: 0 });
      expect(figures.verdicts[3]).toEqual({ match: 0, similar: 1, none: 0, failed: 1 });
      expect(figures.problems[3]).toEqual({ warn: 0, error: 1 });
      const total = figures.stages.find(({ name }) => name === "total");
      expect(total?.count).toBe(101);
      for (const [share, ms] of [
        ["p50", 50],
        ["p95", 95],
        ["p99", 99],
      ] as const) {
        expect(Math.abs((total?.series[1]?.[share] ?? 0) / ms - 1)).toBeLessThan(0.03);
      }
      expect(total?.series[2]).toBeNull();
      await journal.recordRun(run({ runId: "s", time: at(3), verdict: "match", result: result(500) }), null);
      expect((await journal.figures(range, 5)).verdicts[3]).toEqual({ match: 1, similar: 0, none: 0, failed: 1 });
      const narrow = { since: at(1), until: new Date(Date.parse(at(1)) + 600_000).toISOString() };
      expect((await journal.figures(narrow, 10)).verdicts.map(({ match }) => match).slice(0, 2)).toEqual([100, 0]);
    });

    it("says what it holds, and forgets all that is older than a moment", async () => {
      const now = Date.now();
      for (let i = 0; i < 20; i++) journal.log(line({ time: now - (20 - i) * DAY_MS, level: "error" }));
      await journal.recordRun(run({ runId: "old", time: new Date(now - 10 * DAY_MS).toISOString() }), null);
      await journal.recordRun(run({ runId: "new" }), { hash: hash("b"), bytes: PIXEL, mediaType: "image/png" });
      const before = await journal.usage();
      expect(before).toMatchObject({
        lines: 20,
        runs: 2,
        photos: 1,
        oldest: new Date(now - 20 * DAY_MS).toISOString(),
      });
      expect(before.bytes).toBeGreaterThan(0);
      expect((await journal.overview({}, 60)).total).toBe(20);
      expect(await journal.prune(now, now - 4.5 * DAY_MS)).toEqual({ lines: 16, runs: 1, photos: 0 });
      expect((await journal.overview({}, 60)).total).toBe(4);
      expect((await journal.problems({ level: "error", limit: 5 }, 4))[0]?.count).toBe(4);
      expect(await journal.usage()).toMatchObject({ lines: 4, runs: 1 });
    });

    it("is ready", async () => {
      expect((await journal.health()).state).toBe("ready");
    });
  });
}
