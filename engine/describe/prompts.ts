import { z } from "zod";
import { pictureWordsSchema } from "../../shared/contract/describe.ts";

/**
 * What a vision-language model is told. Part of the describer's fingerprint, word by word: a description that was kept is
 * of these prompts or is made anew.
 */

/** Grows with every change of what is below, so that a fingerprint can be read; the hash in it tells by itself. */
export const PROMPT_VERSION = 1;

export const SYSTEM =
  "You describe single products for a shop's catalogue. You say only what can be seen in the picture, in plain English words that people search by. You leave a field empty rather than guess.";

export const PROMPT =
  "Describe the product in this picture, not its surroundings. caption: one sentence that says what it is. category: the kind of product in one or two words. colours: its colours, the largest part first. material: what it is made of. brand: the brand that can be read on it. text: the lines that can be read on it or on its package, the largest first. Answer in JSON.";

// Constrained decoding knows the keywords, and refuses the address of their definition.
const { $schema: _, ...schema } = z.toJSONSchema(pictureWordsSchema);

/** JSON schema that the answer has to follow, of the contract's own: what the model can say, the app can take. */
export const ANSWER_SCHEMA: string = JSON.stringify(schema);
