import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";
import { z } from "zod";
import type { Level } from "../../shared/contract/journal.ts";
import { levelSchema } from "../../shared/contract/journal.ts";
import type { Journal } from "./port.ts";

export type { Logger } from "pino";

/** What pino writes, one JSON text a line; everything not named here is the line's data. */
const pinoLine = z.looseObject({
  time: z.number(),
  level: levelSchema.catch("info"),
  component: z.string().default("engine"),
  runId: z.string().nullable().default(null),
  msg: z.string().default(""),
});

export interface LoggerOptions {
  level: Level;
  /** Where lines are also written in plain words, for people at a terminal; null for nowhere. */
  plain?: NodeJS.WritableStream | null;
}

/**
 * A pino logger whose lines go into the journal. `logger.child({component: "import"})`, `logger.child({runId})`.
 * `err` is written with its stack, which stays in the journal.
 */
export function createLogger(journal: Pick<Journal, "log">, options: LoggerOptions): Logger {
  const destination: DestinationStream = {
    write(text) {
      const { time, level, component, runId, msg, ...data } = pinoLine.parse(JSON.parse(text));
      journal.log({ time, level, component, runId, message: msg, data: Object.keys(data).length === 0 ? null : data });
      options.plain?.write(`${new Date(time).toISOString()} ${level.padEnd(5)} ${component}: ${msg}\n`);
    },
  };
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":${Date.now()}`,
      formatters: { level: (label) => ({ level: label === "fatal" ? "error" : label === "trace" ? "debug" : label }) },
      redact: {
        paths: ["token", "*.token", "authorization", "*.authorization", "cookie", "*.cookie"],
        censor: "[hidden]",
      },
    },
    destination,
  );
}
