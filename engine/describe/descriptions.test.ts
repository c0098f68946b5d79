import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LogLine } from "../journal/port.ts";
import { sightingOf } from "./contract.ts";
import { openDescriptionsDatabase } from "./database.ts";
import { createDescriptions } from "./descriptions.ts";
import { createEmbeddedDescriber } from "./embedded.ts";
import { openKeptDescriptions } from "./kept.ts";
import type { Describer } from "./port.ts";

let folder: string;
let file: string;
const notices: string[] = [];
const lines: LogLine[] = [];
const closers: (() => void)[] = [];

const PICTURE = "a".repeat(64);
const OTHER = "b".repeat(64);
const WORDS = { caption: "A mug", category: "mug", colours: ["red"], material: "", brand: "", text: [] };

/** The embedded describer's words, as one that takes its time gives them. */
function slow(fingerprint: string): Describer & { asked: number } {
  const embedded = createEmbeddedDescriber();
  const describer = {
    ...embedded,
    asked: 0,
    pace: "later" as const,
    fingerprint: async () => fingerprint,
    describe(...args: Parameters<Describer["describe"]>) {
      describer.asked++;
      return embedded.describe(...args);
    },
  };
  return describer;
}

function open(describer: Describer) {
  const db = openDescriptionsDatabase(file, (message) => notices.push(message));
  closers.push(() => db.close());
  const kept = openKeptDescriptions({ db, days: 30, onNotice: (message) => notices.push(message) });
  return createDescriptions({ describer, kept, journal: { log: (line) => lines.push(line) } });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-descriptions-"));
  file = join(folder, "descriptions.sqlite");
  notices.length = 0;
  lines.length = 0;
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await rm(folder, { recursive: true, force: true });
});

test("a model is asked once a picture, also by the next start, and again when it is another model", async () => {
  const sighting = await sightingOf("images/tent.jpg");
  const first = slow("one-p1-00000000");
  const said = await open(first).describe(PICTURE, sighting);
  expect(said).toMatchObject({ by: "model", fingerprint: "one-p1-00000000" });
  const again = slow("one-p1-00000000");
  const reopened = open(again);
  expect(await reopened.describe(PICTURE, sighting)).toEqual(said);
  expect([first.asked, again.asked]).toEqual([1, 0]);
  await reopened.describe(OTHER, sighting);
  const other = slow("two-p1-00000000");
  expect((await open(other).describe(PICTURE, sighting)).fingerprint).toBe("two-p1-00000000");
  expect([again.asked, other.asked]).toEqual([1, 1]);
});

test("a correction stands in the place of every describer's words, is journalled, and can be taken back", async () => {
  const descriptions = open(createEmbeddedDescriber());
  expect(descriptions.corrected(PICTURE)).toBeNull();
  descriptions.correct(PICTURE, { ...WORDS, brand: "  Acme \n" }, "run-1");
  const corrected = { by: "user", fingerprint: "user", words: { ...WORDS, brand: "Acme" } };
  expect(descriptions.corrected(PICTURE)).toEqual(corrected);
  expect(open(slow("one-p1-00000000")).corrected(PICTURE)).toEqual(corrected);
  descriptions.correct(PICTURE, null, null);
  expect(descriptions.corrected(PICTURE)).toBeNull();
  expect(lines.map(({ component, runId, data }) => ({ component, runId, data }))).toEqual([
    { component: "describe", runId: "run-1", data: { picture: PICTURE, before: null, after: corrected.words } },
    { component: "describe", runId: null, data: { picture: PICTURE, before: corrected.words, after: null } },
  ]);
});

test("words that say nothing are no correction", () => {
  const empty = { caption: " ", category: "", colours: [""], material: "", brand: "", text: [] };
  expect(() => open(createEmbeddedDescriber()).correct(PICTURE, empty, null)).toThrow(/say something/);
  expect(lines).toEqual([]);
});

test("what a model said is forgotten when nobody needs it, a correction never", async () => {
  const db = openDescriptionsDatabase(file, () => {});
  const kept = openKeptDescriptions({ db, days: 30, onNotice: () => {} });
  kept.keep(PICTURE, "one", WORDS);
  kept.keep(OTHER, "one", WORDS);
  kept.correct(PICTURE, WORDS);
  db.prepare("UPDATE made SET used = ? WHERE picture = ?").run(Date.now() - 31 * 24 * 3_600_000, PICTURE);
  db.prepare("UPDATE corrected SET time = 0").run();
  const later = openKeptDescriptions({ db, days: 30, onNotice: () => {} });
  expect([later.made(PICTURE, "one"), later.made(OTHER, "one")]).toEqual([null, WORDS]);
  expect(later.corrected(PICTURE)).toEqual(WORDS);
  db.close();
});

test("a damaged file is set aside, never overwritten, and said", async () => {
  open(createEmbeddedDescriber()).correct(PICTURE, WORDS, null);
  for (const close of closers.splice(0)) close();
  await writeFile(file, "this is no database at all, and long enough to be taken for one".repeat(40));
  expect(open(createEmbeddedDescriber()).corrected(PICTURE)).toBeNull();
  expect(notices.join()).toMatch(/damaged and are set aside as descriptions\.sqlite\.corrupt-/);
  expect((await readdir(folder)).some((name) => name.startsWith("descriptions.sqlite.corrupt-"))).toBe(true);
});

test("what a newer version wrote is left alone", () => {
  const db = openDescriptionsDatabase(file, () => {});
  db.exec("PRAGMA user_version = 99");
  db.close();
  expect(() => open(createEmbeddedDescriber())).toThrow(/newer version/);
});
