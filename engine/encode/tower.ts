import { ShelfmatchError } from "../../shared/errors.ts";
import type { DeclaredEncoder, TextRules } from "./declared.ts";
import { hashFiles } from "./fingerprint.ts";
import { MAX_TOKENS, textTokenizer } from "./shipped.ts";
import { findTokenizer } from "./tokenizer.ts";

/** An image encoder whose vectors texts may be compared with, by an encoder of the same space. */
export interface PictureTower {
  space: string;
  dimensions: number;
}

interface Named {
  /** The model and where it is, for messages. */
  named: string;
  /** The setting that names it. */
  setting: string;
}

/**
 * Makes sure that a text encoder's vectors may be compared with the pictures'.
 * @throws ShelfmatchError SERVICE_MISMATCH that says what it is instead, and what to do
 */
export function assertSister(text: DeclaredEncoder, { space, dimensions }: PictureTower, { named, setting }: Named) {
  const refused = (what: string) =>
    new ShelfmatchError(
      "SERVICE_MISMATCH",
      `${named} can't find pictures by words: ${what}. Name the text model of the space ${space} in ${setting}, or leave that empty.`,
    );
  if (text.space === undefined) throw refused("it declares no space that its vectors share with pictures'");
  if (text.space !== space) throw refused(`it is of the space ${text.space}, and the picture model of ${space}`);
  if (text.dimensions !== dimensions) {
    throw refused(`its vectors have ${text.dimensions} dimensions, the picture model's ${dimensions}`);
  }
  if (text.text === undefined) throw refused("it does not declare which tokenizer its texts are made with");
}

interface TokenizerOptions {
  named: string;
  model: string;
  /** Folder of the shipped weights. */
  weights: string;
  /** Folder of models that a person put there. */
  models: string | undefined;
}

/**
 * What makes a text encoder's tokens: of one that declares nothing, as of the shipped one.
 * @throws ShelfmatchError SERVICE_MISMATCH where its tokenizer is not on this machine; Error where a file can't be read
 */
export async function tokenizerOf(
  { text }: Pick<DeclaredEncoder, "text">,
  { named, model, weights, models }: TokenizerOptions,
): Promise<{ file: string; rules: TextRules }> {
  const shipped = textTokenizer(weights);
  const rules = text ?? {
    ...{ tokenizer: await hashFiles(shipped), maxTokens: MAX_TOKENS, lowerCase: false, endMark: null },
  };
  const file = await findTokenizer(rules.tokenizer, models === undefined ? [weights] : [weights, models]);
  if (file !== null) return { file, rules };
  const message = `${named} can't be used: its tokenizer is not on this machine. Put the \`tokenizer.json\` that it was exported with (SHA-256 ${rules.tokenizer}) into ${models ?? weights} as ${model}-tokenizer.json.`;
  throw new ShelfmatchError("SERVICE_MISMATCH", message);
}
