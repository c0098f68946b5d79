import type { z } from "zod";
import type { MatchResult, matchPictureInput } from "../../shared/contract/match.ts";
import type { MatchRequest } from "../services.ts";
import { os } from "./base.ts";
import type { ApiContext } from "./context.ts";
import { toShelfmatchError } from "./errors.ts";
import { exampleFile, listExamples } from "./examples.ts";
import { defined, namedBytes } from "./inputs.ts";

type PictureInput = z.output<typeof matchPictureInput>;

/** A form sends an empty field for a note that nobody wrote. */
async function pictureRequest({ picture, text, ...rest }: PictureInput): Promise<MatchRequest> {
  const note = text?.trim() ? text : undefined;
  return { picture: await namedBytes(picture), ...defined({ ...rest, text: note }) };
}

async function* observed(context: ApiContext, request: MatchRequest, signal: AbortSignal | undefined) {
  const { observer } = context;
  observer?.matchStarted();
  let last: MatchResult | null = null;
  let failed: unknown = null;
  try {
    for await (const result of context.services.matcher.match(request, signal)) {
      last = result;
      yield result;
    }
  } catch (error) {
    failed = error;
    throw error;
  } finally {
    // Without a last result the caller left early.
    observer?.matchEnded(failed !== null ? toShelfmatchError(failed).code : (last ?? "CANCELLED"));
  }
}

/** The answer at its best. */
async function final(answers: AsyncIterable<MatchResult>): Promise<MatchResult> {
  let last: MatchResult | null = null;
  for await (const answer of answers) last = answer;
  if (last === null) throw new Error("The matcher ended without an answer.");
  return last;
}

export const matchRouter = os.match.router({
  picture: os.match.picture.handler(async ({ input, context, signal }) =>
    final(observed(context, await pictureRequest({ ...input, describe: input.describe ?? false }), signal)),
  ),
  // Whoever follows the answer has the first stages at once, and need not wait for the last.
  stream: os.match.stream.handler(async function* ({ input, context, signal }) {
    yield* observed(context, await pictureRequest({ ...input, describe: input.describe ?? true }), signal);
  }),
  text: os.match.text.handler(({ input: { text, ...rest }, context, signal }) =>
    final(observed(context, { text, ...defined(rest) }, signal)),
  ),
  feedback: os.match.feedback.handler(async ({ input: { runId, answer, sku, note }, context }) => {
    const time = new Date().toISOString();
    await context.services.journal.addFeedback(runId, { answer, sku: sku ?? null, note: note ?? null, time });
    return { runId };
  }),
  addPhoto: os.match.addPhoto.handler(async ({ input: { runId, sku, picture }, context }) =>
    context.services.learner.addPhoto({
      runId,
      sku,
      picture: picture === undefined ? undefined : await namedBytes(picture),
    }),
  ),
  correct: os.match.correct.handler(({ input: { picture, words, runId }, context }) => {
    context.services.descriptions.correct(picture, words, runId ?? null);
    return { picture, corrected: words !== null };
  }),
  examples: os.match.examples.handler(() => listExamples()),
  example: os.match.example.handler(({ input }) => exampleFile(input.name)),
});
