import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openMongoJournal } from "../../engine/journal/mongo/journal.ts";
import type { Journal } from "../../engine/journal/port.ts";
import { openSqliteJournal } from "../../engine/journal/sqlite/journal.ts";
import { defaultConfig } from "../../shared/config.ts";
import type { JournalFilter } from "../../shared/contract/journal.ts";
import { mongoMissing, startMongo } from "../servers/mongo.mjs";
import { line, quantile } from "./figures.ts";
import { fillMongo, fillSqlite } from "./journal-fill.ts";

/** A journal of a million lines on both stores: filters, counts, problems, charts; what writing costs beside them. */

const LINES = Number(process.env.SHELFMATCH_BENCH_LINES ?? 1_000_000);
const RUNS = Math.ceil(LINES / 10);
const ROUNDS = 7;
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

const FILTERS: Record<string, JournalFilter> = {
  "nothing asked": {},
  errors: { levels: ["error"] },
  "errors and warnings of one component": { levels: ["warn", "error"], components: ["import"] },
  "a component and a level that never meet": { levels: ["debug"], components: ["no such"] },
  "a day three weeks ago": { since: ago(21), until: ago(20) },
  "errors of a day three weeks ago": { levels: ["error"], since: ago(21), until: ago(20) },
  "a run": { runId: `run-${Math.floor(LINES / 10)}` },
  "a text in every second line": { text: ".jpg: match" },
  "a text in one line of all": { text: "zebrafish-7731" },
  "a text in no line": { text: "nothing says this" },
  "two letters in no line": { text: "~^" },
  "a text in every tenth line, errors": { text: "kettle", levels: ["error"] },
};

async function time(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return quantile(times, 0.5);
}

async function measure(store: string, journal: Journal): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let worst = 0;
  for (const [name, filter] of Object.entries(FILTERS)) {
    const page = await time(() => journal.list({ ...filter, limit: 100 }));
    const counts = await time(() => journal.overview(filter, 60));
    worst = Math.max(worst, page);
    line(`${store}: page of ${name}`, page, "ms", `counts ${counts.toFixed(1)} ms`);
  }
  const { entries } = await journal.list({ limit: 1 });
  const middle = Math.floor((entries[0]?.id ?? 0) / 2);
  line(`${store}: page in the middle, by cursor`, await time(() => journal.list({ limit: 100, before: middle })), "ms");
  line(`${store}: problems of a month`, await time(() => journal.problems({ level: "warn", limit: 200 }, 24)), "ms");
  const month = { since: ago(30), until: ago(0) };
  const first = performance.now();
  await journal.figures(month, 60);
  line(`${store}: charts of a month, first time`, performance.now() - first, "ms", `${RUNS} runs`);
  line(`${store}: charts of a month`, await time(() => journal.figures(month, 60)), "ms");
  line(`${store}: charts of a day`, await time(() => journal.figures({ since: ago(1), until: ago(0) }, 60)), "ms");
  line(`${store}: slowest page of all`, worst, "ms", "wanted: 300 at most");
  line(`${store}: the event loop held meanwhile, longest`, delay.max / 1e6, "ms");
  delay.disable();
  const usage = await journal.usage();
  line(`${store}: on disk`, usage.bytes / 2 ** 20, "MiB", `${usage.lines} lines, ${usage.runs} runs`);
}

/** Lines as a match writes them, one batch of ten after the other. @returns lines a second that the writer can do */
async function pace(journal: Journal): Promise<number> {
  const batches = 300;
  const started = performance.now();
  for (let at = 0; at < batches; at++) {
    for (let n = 0; n < 10; n++) {
      const message = `bench line ${at}-${n}: match, SKU-1 in 12 ms`;
      journal.log({ time: Date.now(), level: "info", component: "match", runId: null, message, data: { at, n } });
    }
    await journal.flush();
  }
  return (batches * 10 * 1_000) / (performance.now() - started);
}

async function waitForIndex(store: string, journal: Journal): Promise<void> {
  const started = performance.now();
  // Indexes take longer than a call may: the server goes on with them, and the next call finds them.
  while (((await journal.usage().catch(() => null))?.indexed ?? 0) < 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  line(`${store}: index of an older journal, in the background`, (performance.now() - started) / 1_000, "s");
}

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-journal-"));
  const settings = { ...defaultConfig.journal, maxEntries: 10 * LINES };
  const onNotice = (message: string) => console.log(message);
  try {
    const filled = performance.now();
    await fillSqlite(folder, LINES, RUNS);
    console.log(`filled in ${((performance.now() - filled) / 1_000).toFixed(1)} s`);
    const opened = performance.now();
    const journal = await openSqliteJournal({ folder, settings, onNotice });
    line("SQLite: opening a journal of an older version", performance.now() - opened, "ms");
    const before = await pace(journal);
    await waitForIndex("SQLite", journal);
    await measure("SQLite", journal);
    line("SQLite: lines a second, without the index", before, "lines/s");
    line("SQLite: lines a second, index beside it", await pace(journal), "lines/s");
    await journal.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const missing = mongoMissing();
  if (missing !== null) return console.log(`MongoDB: left out (${missing})`);
  const server = await startMongo({});
  const outbox = await mkdtemp(join(tmpdir(), "shelfmatch-bench-outbox-"));
  try {
    const mongo = { ...defaultConfig.mongo, url: server.url, database: "bench", deadlineMs: 20_000 };
    await fillMongo(server.url, mongo.database, LINES, RUNS);
    const journal = await openMongoJournal({ mongo, folder: outbox, settings, onNotice });
    await waitForIndex("MongoDB", journal);
    await measure("MongoDB", journal);
    line("MongoDB: lines a second", await pace(journal), "lines/s");
    await journal.close();
  } finally {
    await server.stop();
    await rm(outbox, { recursive: true, force: true });
  }
}
