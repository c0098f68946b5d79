import { z } from "zod";
import { fingerprint } from "./fingerprint.ts";

/**
 * What the makers of an encoder declare of it: the parameters of a served model, and of the record beside an exported
 * graph (triton/README.md).
 */

export const textRulesSchema = z.object({
  /** SHA-256 of the `tokenizer.json` that makes its tokens, lower-case hex. */
  tokenizer: z.string().regex(/^[0-9a-f]{64}$/),
  /** Word pieces read of a text, the marks around it among them. */
  maxTokens: z.number().int().positive(),
  /** Whether texts are made lower case before the tokenizer. */
  lowerCase: z.boolean(),
  /** Token that every text ends with; null: whatever the tokenizer ends it with. */
  endMark: z.string().min(1).nullable(),
});
/** What a text encoder needs of the texts that it is given. */
export type TextRules = z.infer<typeof textRulesSchema>;

export interface DeclaredEncoder {
  fingerprint: string;
  dimensions: number;
  /** Vectors of encoders of one space may be compared: a text then finds pictures. */
  space?: string | undefined;
  /** Of a text encoder. */
  text?: TextRules | undefined;
}

const declaredSchema = z.object({
  fingerprint: z.string().min(1),
  model: z.string().min(1),
  weights_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  precision: z.string().min(1),
  preprocessing: z.string().min(1),
  dimensions: z.coerce.number().int().positive(),
  space: z.string().min(1).optional(),
  max_tokens: z.coerce.number().int().positive().optional(),
  tokenizer_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  lower_case: z.enum(["true", "false"]).default("false"),
  end_mark: z.string().min(1).optional(),
});

/** @throws Error that says what is missing, or does not agree with the fingerprint */
export function declaredBy(parameters: Readonly<Record<string, string>>): DeclaredEncoder {
  const parsed = declaredSchema.safeParse(parameters);
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new Error(`its parameters do not say what its vectors are (${missing})`);
  }
  const { model, weights_sha256: weights, precision, preprocessing, dimensions, fingerprint: stated } = parsed.data;
  const made = fingerprint({ model, weights, precision, preprocessing, dimensions });
  if (made !== stated) throw new Error(`its parameters state the fingerprint ${stated}, but make ${made}`);
  const { space, max_tokens: maxTokens, tokenizer_sha256: tokenizer, lower_case, end_mark } = parsed.data;
  const text =
    maxTokens === undefined || tokenizer === undefined
      ? undefined
      : { tokenizer, maxTokens, lowerCase: lower_case === "true", endMark: end_mark ?? null };
  return {
    ...{ fingerprint: stated, dimensions },
    ...(space === undefined ? {} : { space }),
    ...(text === undefined ? {} : { text }),
  };
}
