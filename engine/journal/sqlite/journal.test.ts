import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import sharp from "sharp";
import { afterEach, beforeEach, expect, it } from "vitest";
import { defaultConfig } from "../../../shared/config.ts";
import { journalContract, line, run } from "../contract.ts";
import { openDatabase } from "../open-database.ts";
import { openSqliteJournal } from "./journal.ts";
import { LineStore } from "./lines.ts";
import { MIGRATIONS } from "./schema.ts";

let folder: string;
let notices: string[];
const settings = defaultConfig.journal;
const open = (changes: Partial<typeof settings> = {}) =>
  openSqliteJournal({ folder, settings: { ...settings, ...changes }, onNotice: (text) => notices.push(text) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmatch-journal-"));
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

journalContract("sqlite", (asked) => open(asked));

it("keeps what was written across a restart, ids growing on", async () => {
  const first = await open();
  first.log(line({ message: "before" }));
  await first.recordRun(run(), null);
  await first.close();
  const second = await open();
  second.log(line({ message: "after" }));
  const { entries } = await second.list({ limit: 10 });
  expect(entries.map((entry) => entry.message)).toEqual(["after", "before"]);
  expect(entries[0]?.id).toBeGreaterThan(entries[1]?.id ?? Number.POSITIVE_INFINITY);
  expect((await second.run("run-1")).verdict).toBe("match");
  await second.close();
});

it("says that the disk is full, and not what SQLite had undone by itself already", () => {
  const db = openDatabase(join(folder, "small.sqlite"), {
    what: "The journal",
    migrations: MIGRATIONS,
    onNotice: () => {},
  });
  try {
    db.exec("PRAGMA max_page_count = 1");
    const lines = new LineStore(db);
    const many = Array.from({ length: 500 }, (_, i) => line({ message: `${i}`.repeat(500) }));
    expect(() => lines.write(many)).toThrow(/full/);
    db.exec("PRAGMA max_page_count = 10000");
    expect(lines.write(many)).toHaveLength(500);
  } finally {
    db.close();
  }
});

it("leaves out lines below the level, and applies a changed level at once", async () => {
  const journal = await open({ level: "warn" });
  journal.log(line({ message: "info" }));
  journal.applySettings({ ...settings, level: "info" });
  journal.log(line({ message: "info now" }));
  expect((await journal.list({ limit: 10 })).entries.map((entry) => entry.message)).toEqual(["info now"]);
  await journal.close();
});

it("bounds its queue: what did not fit is counted and said", async () => {
  const journal = await open();
  for (let i = 0; i < 10_050; i++) journal.log(line({ message: `line ${i}` }));
  const { entries } = await journal.list({ limit: 1 });
  expect(entries[0]).toMatchObject({ level: "warn", component: "journal", data: { lost: 50 } });
  await journal.close();
});

it("keeps no more lines than the settings say", async () => {
  const journal = await open({ maxEntries: 1000 });
  for (let i = 0; i < 1500; i++) journal.log(line({ message: `line ${i}` }));
  expect((await journal.prune(Date.now())).lines).toBe(500);
  const { entries } = await journal.list({ limit: 1000 });
  expect(entries.length).toBe(1000);
  expect(entries.at(-1)?.message).toBe("line 500");
  await journal.close();
});

it("sets a corrupt file aside, says so, and goes on", async () => {
  const path = join(folder, "journal.sqlite");
  writeFileSync(path, "this was a database once");
  const journal = await open();
  journal.log(line({ message: "new begin" }));
  expect((await journal.list({ limit: 10, text: "new begin" })).entries.length).toBe(1);
  await journal.close();
  const aside = readdirSync(folder).find((name) => name.startsWith("journal.sqlite.corrupt-"));
  expect(readFileSync(join(folder, String(aside)), "utf8")).toBe("this was a database once");
  expect(notices).toEqual([expect.stringContaining(String(aside))]);
});

it("sets a file with a damaged page aside too", async () => {
  const first = await open();
  for (let i = 0; i < 5000; i++) first.log(line({ message: `line ${i}` }));
  await first.close();
  const path = join(folder, "journal.sqlite");
  const bytes = readFileSync(path);
  bytes.fill(0xaa, 3 * 4096, 40 * 4096);
  writeFileSync(path, bytes);
  const second = await open();
  expect(notices.length).toBe(1);
  expect((await second.health()).state).toBe("ready");
  await second.close();
});

it("a stored run that is not of this version is refused by name; the others still list", async () => {
  const journal = await open();
  await journal.recordRun(run({ runId: "good" }), null);
  await journal.recordRun(run({ runId: "bad" }), null);
  const db = new DatabaseSync(join(folder, "journal.sqlite"));
  db.exec(`UPDATE runs SET body = '{"runId": "bad"}' WHERE run_id = 'bad'`);
  db.close();
  await expect(journal.run("bad")).rejects.toMatchObject({
    code: "DATA_CORRUPT",
    message: expect.stringContaining("bad"),
  });
  expect((await journal.runs({ limit: 10 })).map((each) => each.runId)).toEqual(["good"]);
  expect(notices).toEqual([expect.stringContaining("Run bad")]);
  await journal.close();
});

const photoOf = async (width: number, height: number) => ({
  hash: "c".repeat(64),
  mediaType: "image/jpeg",
  bytes: await sharp({ create: { width, height, channels: 3, background: "red" } })
    .jpeg()
    .toBuffer(),
});

it("keeps thumbnails with a longest side of 256 pixels, never the photo itself", async () => {
  const journal = await open({ queryPhotos: "thumbnails" });
  await journal.recordRun(run(), await photoOf(1000, 500));
  const kept = await journal.photo("run-1");
  expect(kept.mediaType).toBe("image/webp");
  expect(await sharp(kept.bytes).metadata()).toMatchObject({ width: 256, height: 128, format: "webp" });
  await journal.recordRun(run({ runId: "strange" }), {
    hash: "d".repeat(64),
    mediaType: "image/heic",
    bytes: Buffer.from("?"),
  });
  expect((await journal.run("strange")).photo).toBeNull();
  await journal.close();
});

it("keeps nothing where photos are off", async () => {
  const journal = await open({ queryPhotos: "off" });
  await journal.recordRun(run(), await photoOf(10, 10));
  expect((await journal.run("run-1")).photo).toBeNull();
  expect(readdirSync(folder)).not.toContain("query-photos");
  await journal.close();
});

it("a line whose data can't be written keeps its message, and its neighbours", async () => {
  const journal = await open();
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  journal.log(line({ message: "cycle", data: cycle }));
  journal.log(line({ message: "neighbour" }));
  const { entries } = await journal.list({ limit: 5 });
  expect(entries.map((entry) => entry.message)).toEqual(["neighbour", "cycle"]);
  expect(entries[1]?.data).toHaveProperty("dataLost");
  await journal.close();
});
