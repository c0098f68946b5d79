import { z } from "zod";

/**
 * What can be said of a picture in words that a catalogue can be searched by. The vision-language model's answers follow
 * this very schema, in this order; a change of it changes the describer's fingerprint.
 */
export const pictureWordsSchema = z.object({
  caption: z.string().max(400).describe("What it is, in one sentence."),
  category: z.string().max(80).describe("The kind of product, in one or two words; empty where it is not clear."),
  colours: z.array(z.string().max(40)).max(6).describe("Its colours, the largest part first."),
  material: z.string().max(80).describe("What it is made of; empty where that can't be seen."),
  brand: z.string().max(80).describe("The brand, as it stands on it; empty where none can be read."),
  text: z
    .array(z.string().max(120))
    .max(12)
    .describe("Lines that can be read on it or its package, the largest first."),
});
export type PictureWords = z.infer<typeof pictureWordsSchema>;

export const pictureDescriptionSchema = z.object({
  words: pictureWordsSchema,
  by: z
    .enum(["app", "model", "user"])
    .describe("app: put together of what was recognised and read. model: by a vision-language model. user: corrected."),
  fingerprint: z
    .string()
    .describe("What made it: model, weights, precision, prompts and schema; `user` where a person did."),
});
export type PictureDescription = z.infer<typeof pictureDescriptionSchema>;
