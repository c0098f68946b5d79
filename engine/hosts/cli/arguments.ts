import { InvalidArgumentError } from "commander";
import type { Config } from "../../../shared/config.ts";
import { type EvaluationSetting, evaluationSettingSchema } from "../../../shared/contract/evaluation-report.ts";
import { type MappedColumn, mappedColumnSchema } from "../../../shared/contract/imports.ts";

/** Parsers of option values; commander turns what they throw into a usage error. */

export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== "") return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h`, `30m`, `7d`, or a date: @returns ISO 8601 in UTC */
export function since(text: string, now = Date.now()): string {
  const span = /^(\d+)([smhd])$/.exec(text);
  const unit = UNIT_MS[span?.[2] ?? ""];
  if (span !== null && unit !== undefined) return new Date(now - Number(span[1]) * unit).toISOString();
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError("It must be a span such as 2h, 30m or 7d, or a date such as 2027-01-31.");
}

export const PROFILES = ["embedded", "stack"] as const satisfies readonly Config["parts"]["profile"][];
export type Profile = (typeof PROFILES)[number];

/** The settings that `--profile` stands for. */
export function profileOverride(profile: Profile | undefined): Record<string, unknown> {
  return profile === undefined ? {} : { "parts.profile": profile };
}

const SETTING_NAMES: Readonly<Record<string, keyof EvaluationSetting>> = {
  verify: "verify",
  text: "readText",
  precision: "precision",
  none: "absentRate",
  describe: "describe",
  encoder: "encoder",
};

/** `verify=off,text=off,precision=0.99,none=0.05,encoder=NAME`: what an evaluation has otherwise than the settings. */
export function evaluationSetting(text: string): EvaluationSetting {
  const said: Record<string, string> = {};
  for (const part of text.split(/[\s,]+/).filter((each) => each !== "")) {
    const [name = "", value = ""] = part.split("=", 2);
    const setting = SETTING_NAMES[name];
    if (setting === undefined) {
      const names = Object.keys(SETTING_NAMES).join(", ");
      throw new InvalidArgumentError(`"${name}" is none of ${names}. Write it as verify=off,precision=0.99.`);
    }
    said[setting] = value;
  }
  const parsed = evaluationSettingSchema.safeParse(said);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InvalidArgumentError(`${issue?.path.join(".") ?? text}: ${issue?.message ?? "can't be read"}.`);
}

/** `Preis=price`, once or several times: what a column of a table becomes. The last `=` parts the two. */
export function mappedColumn(text: string, before: readonly MappedColumn[] = []): MappedColumn[] {
  const at = text.lastIndexOf("=");
  const parsed = mappedColumnSchema.safeParse({ column: text.slice(0, at), target: text.slice(at + 1) });
  if (at > 0 && parsed.success) return [...before, parsed.data];
  throw new InvalidArgumentError(
    "Write the column's heading, = and what it becomes: Preis=price, Farbe=attribute:Colour, Notiz=ignore.",
  );
}
