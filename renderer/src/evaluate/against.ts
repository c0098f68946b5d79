import type { EvaluationSetting } from "../../../shared/contract/evaluation-report.ts";
import type { EncoderChoices } from "../../../shared/contract/system.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";

/** What can be tried beside the app's own setting, on the same photos. */

const SETTINGS: Record<string, { label: Message; setting: EvaluationSetting }> = {
  verify: { label: msg("Details not compared"), setting: { verify: false } },
  text: { label: msg("Package text not read"), setting: { readText: false } },
  strict: { label: msg("Stricter: “match” right 99 times in 100"), setting: { precision: 0.99 } },
  lenient: { label: msg("More lenient: “match” right 90 times in 100"), setting: { precision: 0.9 } },
};

/** Before an encoder's name, in the value of its option. */
const ENCODER = "encoder:";

type Choices = EncoderChoices["choices"];

/** @param choices encoders that are there; the one that is searched with and those that can't be used are left out */
export function againstOptions(choices: Choices) {
  const encoders = choices.filter(({ fault, searched }) => fault === null && !searched);
  const settings = Object.entries(SETTINGS).map(([value, { label }]) => ({ value, label: t(label) }));
  if (encoders.length === 0) return settings;
  return [
    { group: t("Otherwise set"), items: settings },
    {
      group: t("Another encoder"),
      items: encoders.map(({ name }) => ({ value: `${ENCODER}${name}`, label: name })),
    },
  ];
}

export function againstSetting(value: string): EvaluationSetting | undefined {
  return value.startsWith(ENCODER) ? { encoder: value.slice(ENCODER.length) } : SETTINGS[value]?.setting;
}
