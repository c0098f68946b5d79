import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../shared/config.ts";
import { WORKING_SIDE } from "../encode/views.ts";
import type { Answer } from "../match/answer.ts";
import { answerOptionsOf } from "../match/answer-options.ts";
import { type Calibration, thresholds } from "../match/calibration.ts";
import { verdictOf } from "../match/result.ts";
import { lookAt } from "../picture/look.ts";
import { askOf } from "./baselines/baseline.ts";
import type { Baselines } from "./baselines/baselines.ts";
import type { SearchingEncoder } from "./rival.ts";
import type { Query } from "./sources/query.ts";
import { type SettingId, stageSystem } from "./systems.ts";
import type { Ask, Asked, Trial } from "./trial.ts";

/** One query asked of every system, with its product searched and with it left out. */

/** A setting in force. */
export interface Arm {
  id: SettingId;
  match: Config["match"];
  /** Whether a vision-language model describes each query. */
  describe: boolean;
  encoder: SearchingEncoder;
}

const optionsOf = ({ match, describe }: Arm) => ({ ...answerOptionsOf(match), describe });
/** What an answer depends on. */
const askedWith = (arm: Arm) => ({ ...optionsOf(arm), fingerprint: arm.encoder.fingerprint });

export interface AskOptions {
  calibration: Calibration;
  limits: Config["limits"];
  arms: readonly Arm[];
  baselines: Baselines;
  leaveOut: boolean;
  signal: AbortSignal;
}

function outcomeOf(given: Answer, wanted: string | null, { match }: Arm, calibration: Calibration): Ask {
  const [first] = given.candidates;
  const place = given.candidates.findIndex(({ sku }) => sku === wanted);
  return {
    rank: place < 0 ? null : place + 1,
    presence: given.presence,
    first: first?.sku ?? null,
    confidence: first?.confidence ?? 0,
    own: given.candidates[place]?.confidence ?? null,
    verdict: verdictOf(given, thresholds(calibration, given.kind, match)),
  };
}

/** Settings that only judge otherwise share their answers. */
function byAnswers(arms: readonly Arm[]): Arm[][] {
  const groups: Arm[][] = [];
  for (const arm of arms) {
    const alike = groups.find(([one]) => one && isDeepStrictEqual(askedWith(one), askedWith(arm)));
    if (alike === undefined) groups.push([arm]);
    else alike.push(arm);
  }
  return groups;
}

/** @throws ShelfmatchError IMAGE_* where the query's picture can't be used; errors of services; the signal's reason */
export async function askQuery(query: Query, number: number, options: AskOptions): Promise<Trial> {
  const { arms, baselines, calibration, limits, leaveOut, signal } = options;
  const bytes = await query.bytes();
  const look = () =>
    lookAt(
      bytes,
      { name: query.label, maxBytes: limits.pictureBytes, maxPixels: limits.picturePixels },
      query.region ?? undefined,
    );
  const wanted = query.product?.sku ?? null;
  const systems: Record<string, Asked> = {};
  const put = (system: string, side: keyof Asked, ask: Ask) => {
    systems[system] = { ...(systems[system] ?? { present: null, absent: null }), [side]: ask };
  };

  async function ask(side: keyof Asked, excluded: readonly string[]): Promise<void> {
    const asked = side === "present" ? wanted : null;
    for (const alike of byAnswers(arms)) {
      const [arm] = alike as [Arm, ...Arm[]];
      const question = {
        picture: look(),
        marked: query.region !== null,
        ...(query.text === null ? {} : { text: query.text }),
        ...(excluded.length === 0 ? {} : { filter: { excludeSkus: [...excluded] } }),
      };
      for await (const given of arm.encoder.answer(question, { ...optionsOf(arm), signal })) {
        for (const each of alike)
          put(stageSystem(each.id, given.stage), side, outcomeOf(given, asked, each, calibration));
      }
    }
  }

  if (wanted !== null) await ask("present", query.alsoShown);
  if (wanted === null || leaveOut)
    await ask("absent", wanted === null ? query.alsoShown : [wanted, ...query.alsoShown]);
  for (const { id, index } of baselines.indexes) {
    const similarities = await index.compare(await look()(WORKING_SIDE), signal);
    const compared = (product: string | null, excluded: readonly string[]) =>
      askOf(similarities, baselines.pictures, product, new Set(excluded));
    if (wanted !== null) put(id, "present", compared(wanted, query.alsoShown));
    if (wanted === null || leaveOut) {
      put(id, "absent", compared(null, wanted === null ? query.alsoShown : [wanted, ...query.alsoShown]));
    }
  }
  const { key, label, transformation, severity, runId } = query;
  const category = query.product?.category ?? "";
  return { query: number, key, label, sku: wanted, category, transformation, severity, runId, systems };
}
