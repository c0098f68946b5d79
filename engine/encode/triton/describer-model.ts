import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { ANSWER_SCHEMA, PROMPT, PROMPT_VERSION, SYSTEM } from "../../describe/prompts.ts";
import { describerFingerprint } from "../../describe/words.ts";
import type { ModelDescription } from "./description.ts";
import { TritonRefusal, translate } from "./failures.ts";

/** What a served model must be to describe pictures, what its descriptions are named by, and what its refusals mean. */

const INPUTS = ["prompt", "pictures", "system", "schema", "max_tokens", "deadline_ms"];
const OUTPUTS = ["text", "finish"];
/** What tells one network from another (triton/README.md, "Describing pictures"). */
const IDENTITY = ["model", "precision", "weights_sha256", "tokenizer_sha256"];

/** What of the model is not as it must be, each in half a sentence; empty where all is well. */
export function describerFaults({ inputs, outputs, parameters }: ModelDescription): string[] {
  const lacks = (wanted: readonly string[], given: readonly { name: string }[], what: string) =>
    wanted.filter((name) => !given.some((one) => one.name === name)).map((name) => `it has no ${what} \`${name}\``);
  return [
    ...lacks(INPUTS, inputs, "input"),
    ...lacks(OUTPUTS, outputs, "output"),
    ...IDENTITY.filter((name) => !parameters[name]).map((name) => `its parameters do not say its ${name}`),
  ];
}

/** Of the model, and of all that it is told: see `Describer.fingerprint`. */
export function fingerprintOf(
  { parameters }: ModelDescription,
  { maxTokens, side }: Pick<Config["describer"], "maxTokens" | "side">,
): string {
  const [model = "", precision = "", ...hashes] = IDENTITY.map((name) => parameters[name] ?? "");
  const told = [SYSTEM, PROMPT, ANSWER_SCHEMA, String(maxTokens), String(side)];
  return describerFingerprint(model, precision, PROMPT_VERSION, [...hashes, ...told]);
}

/** The model's own refusals begin with their kind, whatever the status says. */
const KIND = /^(?:.*?: )?(invalid|busy|late|cancelled|internal): (.+)$/s;

/** As `translate`, of a model that describes. */
export function translateDescriber(error: unknown, service: { address: string }): ShelfmatchError | null {
  if (!(error instanceof TritonRefusal)) return translate(error, service);
  const [, kind, reason] = KIND.exec(error.message) ?? [];
  const options = { cause: error, details: { status: error.status } };
  const said = `Triton's describer at ${service.address} refused: ${reason}`;
  switch (kind) {
    case "busy":
      return new ShelfmatchError("BUSY", `${said}. Try again shortly.`, options);
    case "late":
    case "cancelled":
      return new ShelfmatchError(
        "TIMEOUT",
        `${said}. It is overloaded, or describer.deadlineMs is too short.`,
        options,
      );
    case "invalid":
      return new ShelfmatchError(
        "SERVICE_MISMATCH",
        `${said}. Set describer.maxTokens or describer.side lower where it is too long; else lay the model out anew for this version (\`python -m shelfmatch_triton lay-out-describer\`).`,
        options,
      );
    case "internal":
      return new ShelfmatchError("SERVICE_UNAVAILABLE", `${said}. Look into Triton's log.`, options);
    default:
      if (!error.stubDied) return translate(error, service);
      return new ShelfmatchError(
        "SERVICE_UNAVAILABLE",
        `Triton's describer at ${service.address} has died: ${error.message}. Load it again on the stack page.`,
        options,
      );
  }
}
