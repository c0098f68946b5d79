import { os } from "./base.ts";

export const journalRouter = os.journal.router({
  list: os.journal.list.handler(({ input, context }) => context.services.journal.list(input)),
  follow: os.journal.follow.handler(async function* ({ input, context, signal }) {
    yield* context.services.journal.follow(input, signal ?? new AbortController().signal);
  }),
  runs: os.journal.runs.handler(({ input, context }) => context.services.journal.runs(input)),
  run: os.journal.run.handler(({ input, context }) => context.services.journal.run(input.runId)),
  photo: os.journal.photo.handler(async ({ input, context }) => {
    const { bytes, mediaType, hash } = await context.services.journal.photo(input.runId);
    return new File([new Uint8Array(bytes)], `${hash}.${mediaType.replace(/^image\//, "")}`, { type: mediaType });
  }),
});
