import { exportLines } from "../journal/export.ts";
import { os } from "./base.ts";

export const journalRouter = os.journal.router({
  list: os.journal.list.handler(({ input, context }) => context.services.journal.list(input)),
  follow: os.journal.follow.handler(async function* ({ input, context, signal }) {
    yield* context.services.journal.follow(input, signal ?? new AbortController().signal);
  }),
  overview: os.journal.overview.handler(({ input: { points, ...filter }, context }) =>
    context.services.journal.overview(filter, points),
  ),
  export: os.journal.export.handler(async function* ({ input: { format, ...filter }, context, signal }) {
    yield* exportLines(context.services.journal, filter, format, signal ?? new AbortController().signal);
  }),
  problems: os.journal.problems.handler(({ input: { points, ...query }, context }) =>
    context.services.journal.problems(query, points),
  ),
  problemRuns: os.journal.problemRuns.handler(({ input, context }) =>
    context.services.journal.problemRuns(input.fingerprint),
  ),
  mark: os.journal.mark.handler(({ input: { fingerprint, state, note }, context }) =>
    context.services.journal.mark(fingerprint, state, note),
  ),
  figures: os.journal.figures.handler(({ input: { points, ...range }, context }) =>
    context.services.journal.figures(range, points),
  ),
  usage: os.journal.usage.handler(({ context }) => context.services.journal.usage()),
  purge: os.journal.purge.handler(({ input: { before }, context }) =>
    context.services.journal.prune(Date.now(), before === undefined ? undefined : Date.parse(before)),
  ),
  runs: os.journal.runs.handler(({ input, context }) => context.services.journal.runs(input)),
  run: os.journal.run.handler(({ input, context }) => context.services.journal.run(input.runId)),
  photo: os.journal.photo.handler(async ({ input, context }) => {
    const { bytes, mediaType, hash } = await context.services.journal.photo(input.runId);
    return new File([new Uint8Array(bytes)], `${hash}.${mediaType.replace(/^image\//, "")}`, { type: mediaType });
  }),
});
