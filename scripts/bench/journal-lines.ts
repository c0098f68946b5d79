import { randomUUID } from "node:crypto";
import type { Level, Run } from "../../shared/contract/journal.ts";

/** A journal as a busy shop leaves it: a month of lines, most of them of matches, some of them of trouble. */

export interface BenchLine {
  time: number;
  level: Level;
  component: string;
  runId: string | null;
  message: string;
  data: Record<string, unknown> | null;
}

const DAY_MS = 86_400_000;
const WORDS = ["boots", "laptop", "football", "kettle", "lamp", "camera", "sofa", "plant", "bonsai", "clock"];
const COMPONENTS = ["match", "match", "match", "match", "http", "http", "index", "import", "catalogue", "encoder"];

/** Numbers from 0 to below 1, the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lines from the oldest on, up to now. */
export function* benchLines(count: number): Generator<BenchLine> {
  const random = seeded(7);
  const now = Date.now();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let at = 0; at < count; at++) {
    const time = Math.floor(now - ((count - at) / count) * 30 * DAY_MS);
    const chance = random();
    const level = chance < 0.02 ? "error" : chance < 0.06 ? "warn" : chance < 0.9 ? "info" : "debug";
    const component = pick(COMPONENTS);
    const ms = Math.floor(random() * 400);
    const runId = component === "match" ? `run-${Math.floor(at / 5)}` : null;
    const said = `${pick(WORDS)}-${Math.floor(random() * 100_000)}.jpg`;
    const message =
      level === "error"
        ? `The ${pick(WORDS)} service at http://10.0.0.${at % 250}:8000 did not answer within ${ms} ms.`
        : level === "warn"
          ? `${said}: IMAGE_UNREADABLE`
          : `${said}: match, SKU-${Math.floor(random() * 100_000)} (0.${ms}) in ${ms} ms`;
    // One line in the whole journal is looked for by a text that stands nowhere else.
    const rare = at === Math.floor(count / 3);
    const data = rare ? { trace: "zebrafish-7731" } : at % 3 === 0 ? { ms, picture: at } : null;
    yield { time, level, component, runId, message, data };
  }
}

/** Runs from the oldest on, up to now. */
export function* benchRuns(count: number): Generator<Run> {
  const random = seeded(11);
  const now = Date.now();
  for (let at = 0; at < count; at++) {
    const time = new Date(now - ((count - at) / count) * 30 * DAY_MS).toISOString();
    const stage = (mean: number) => mean * (0.5 + random() + (random() < 0.02 ? 8 : 0));
    const timings = { decode: stage(12), encode: stage(40), search: stage(6), verify: stage(90), total: stage(160) };
    const verdict = random() < 0.7 ? "match" : random() < 0.6 ? "similar" : "none";
    const runId = randomUUID();
    yield {
      ...{ runId, time, kind: "picture", source: `${at}.jpg`, text: null, region: null, verdict, error: null },
      ...{ photo: null, feedback: null },
      result: {
        ...{ runId, stage: "refined", verdict, matches: [], description: null, described: null, describing: false },
        ...{ timings, picture: null, fingerprint: "bench/1", warnings: [] },
      },
    };
  }
}
