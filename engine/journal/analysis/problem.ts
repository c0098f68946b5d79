import { createHash } from "node:crypto";
import { levelRank } from "../line.ts";
import type { LogLine } from "../port.ts";

/** Lines of this level and above are grouped to problems. */
const LEAST = "warn";
const TITLE_LENGTH = 300;

/** What a line's problem is known by. */
export interface ProblemName {
  /** 16 hex digits of SHA-256 over level, component, code and the message without what changes. */
  fingerprint: string;
  code: string | null;
  title: string;
}

/** What differs between lines that say the same, each with the word that stands for it; in this order. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  // A picture's name leads what is said of it, and may have spaces in it.
  [/^[^:\n"]{1,200}\.(?:jpe?g|png|webp|avif|gif|tiff?|heic)(?=:)/i, "<file>"],
  [/https?:\/\/[^\s"'<>)]+/gi, "<url>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/"[^"\n]{1,200}"|“[^”\n]{1,200}”/g, "<text>"],
  [/(?:[A-Za-z]:)?(?:[\\/][\w.@-]+){2,}/g, "<path>"],
  [/\b[\w-]+\.(?:jpe?g|png|webp|avif|gif|tiff?|heic|csv|jsonl?|xlsx|parquet|zip|onnx|sqlite)\b/gi, "<file>"],
  [/\b(?=[0-9a-z_-]*\d)[0-9a-z_-]{12,}\b/gi, "<id>"],
  [/\b0x[0-9a-f]+\b|\b[0-9a-f]{8,}\b/gi, "<id>"],
  [/\d+(?:[.,]\d+)*/g, "<n>"],
];

/** The message without numbers, names in quotes, files and ids: what is the same each time. */
export function normalised(message: string): string {
  return CHANGING.reduce((text, [pattern, word]) => text.replace(pattern, word), message.slice(0, 2_000))
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, TITLE_LENGTH);
}

/** `code` of the line's data, or of the error in it. */
function codeOf(data: LogLine["data"]): string | null {
  const error = data?.err ?? data?.error;
  for (const holder of [data, error]) {
    if (typeof holder !== "object" || holder === null || !("code" in holder)) continue;
    if (typeof holder.code === "string" && holder.code !== "") return holder.code.slice(0, 100);
  }
  return null;
}

/** The problem that a line speaks of; null of lines that are no warning or error. */
export function problemOf(line: Pick<LogLine, "level" | "component" | "message" | "data">): ProblemName | null {
  if (levelRank(line.level) < levelRank(LEAST)) return null;
  const code = codeOf(line.data);
  const title = normalised(line.message);
  const hash = createHash("sha256").update(JSON.stringify([line.level, line.component, code, title]));
  return { fingerprint: hash.digest("hex").slice(0, 16), code, title };
}
