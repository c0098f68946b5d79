import type { MatchResult } from "../../shared/contract/match.ts";
import type { MatchRequest } from "../services.ts";
import { os } from "./base.ts";
import type { ApiContext } from "./context.ts";
import { toShelfmatchError } from "./errors.ts";
import { exampleFile, listExamples } from "./examples.ts";
import { defined, namedBytes } from "./inputs.ts";

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
  picture: os.match.picture.handler(async ({ input: { picture, ...rest }, context, signal }) =>
    final(observed(context, { picture: await namedBytes(picture), ...defined(rest) }, signal)),
  ),
  stream: os.match.stream.handler(async function* ({ input: { picture, ...rest }, context, signal }) {
    yield* observed(context, { picture: await namedBytes(picture), ...defined(rest) }, signal);
  }),
  text: os.match.text.handler(({ input: { text, ...rest }, context, signal }) =>
    final(observed(context, { text, ...defined(rest) }, signal)),
  ),
  feedback: os.match.feedback.handler(async ({ input: { runId, answer, sku, note }, context }) => {
    const time = new Date().toISOString();
    await context.services.journal.addFeedback(runId, { answer, sku: sku ?? null, note: note ?? null, time });
    return { runId };
  }),
  examples: os.match.examples.handler(() => listExamples()),
  example: os.match.example.handler(({ input }) => exampleFile(input.name)),
});
