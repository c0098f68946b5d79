import type { SystemReport } from "../../shared/contract/evaluation-report.ts";
import type { Stage } from "../../shared/contract/match.ts";

/**
 * Ways of answering that an evaluation compares: the stages of the matcher, in one or two settings, and baselines. Where
 * the second setting searches with another encoder, that one is a baseline too.
 */

export type SettingId = "a" | "b";
export type System = Pick<SystemReport, "id" | "kind" | "setting" | "stage">;

const STAGES: readonly Stage[] = ["visual", "verified", "refined", "described"];
export const BASELINES = ["plain", "b.plain", "phash"] as const;
export type Baseline = (typeof BASELINES)[number];

export const stageSystem = (setting: SettingId, stage: Stage) => (setting === "a" ? stage : `b.${stage}`);
/** The one that users get the answer of. */
export const DECIDING = stageSystem("a", "refined");

export const SYSTEMS: readonly System[] = [
  ...(["a", "b"] as const).flatMap((setting) =>
    STAGES.map((stage): System => ({ id: stageSystem(setting, stage), kind: "stage", setting, stage })),
  ),
  ...BASELINES.map((id): System => ({ id, kind: "baseline", setting: id === "b.plain" ? "b" : null, stage: null })),
];
