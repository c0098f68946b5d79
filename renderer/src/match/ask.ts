import type { MatchResult } from "../../../shared/contract/match.ts";
import { client } from "../lib/client.ts";
import { toProblem } from "../lib/problem.ts";
import { useAnswer } from "./answer-store.ts";
import { type Photo, releasePhoto } from "./photo.ts";
import { useQueryStore } from "./query-store.ts";
import type { Question } from "./question.ts";

/** The request in flight; a new question takes its place. */
let current: AbortController | null = null;

async function* answers(
  { photo, text, region }: Question,
  describe: boolean,
  signal: AbortSignal,
): AsyncGenerator<MatchResult> {
  const note = text.trim();
  if (photo === null) {
    yield await client.match.text({ text: note }, { signal });
    return;
  }
  const input = {
    picture: photo.file,
    describe,
    ...(note === "" ? {} : { text: note }),
    ...(region === null ? {} : { region }),
  };
  yield* await client.match.stream(input, { signal });
}

function isShown(photo: Photo): boolean {
  return useAnswer.getState().question?.photo === photo || useQueryStore.getState().photo === photo;
}

/** Shows a question, or an answer to it, and lets go of the photo that was shown before. */
function show(question: Question, change: { result: MatchResult | null; running: boolean; chosen: number }): void {
  const before = useAnswer.getState().question?.photo ?? null;
  // A description comes seconds behind the answer, which can be judged without it.
  const complete = change.result?.stage === "refined" || change.result?.stage === "described";
  useAnswer.setState({ question, problem: null, complete, ...change });
  if (before !== null && !isShown(before)) releasePhoto(before);
}

/**
 * Asks, and shows the answer as it gets better. With `keep` the last answer stays until the new one is there (live, or
 * another box in the same picture).
 * @param describe whether a model may look at the picture for seconds, behind the answer
 * @throws what the engine answered, after it was shown; nothing when a newer question took over
 */
export async function ask(question: Question, keep: boolean, signal?: AbortSignal, describe = true): Promise<void> {
  current?.abort();
  const mine = new AbortController();
  current = mine;
  // Who asks may only end its own question, never the one that took its place.
  signal?.addEventListener("abort", () => current === mine && cancelAsking(), { once: true });
  if (keep) useAnswer.setState({ running: true });
  else show(question, { result: null, running: true, chosen: 0 });
  try {
    let first = true;
    for await (const result of answers(question, describe, mine.signal)) {
      if (current !== mine) return;
      // A later stage may put another product first; what the person chose to look at stays chosen.
      show(question, { result, running: true, chosen: first ? 0 : useAnswer.getState().chosen });
      first = false;
    }
    if (current === mine) useAnswer.setState({ running: false, complete: true });
  } catch (error) {
    if (current !== mine) return;
    const problem = toProblem(error);
    if (problem.code === "CANCELLED") return useAnswer.setState({ running: false });
    const shown = useAnswer.getState();
    if (shown.result !== null && (keep || shown.question === question)) {
      // An earlier stage, or the last answer, stays beside the failure; a camera frame without an answer is not shown.
      useAnswer.setState({ problem, running: false });
      if (question.photo !== null && !isShown(question.photo)) releasePhoto(question.photo);
    } else {
      show(question, { result: null, running: false, chosen: 0 });
      useAnswer.setState({ problem });
    }
    throw error;
  }
}

/** Stops waiting; an answer that is there already stays. */
export function cancelAsking(): void {
  current?.abort();
  current = null;
  useAnswer.setState({ running: false });
}

export function forgetAnswer(): void {
  cancelAsking();
  const before = useAnswer.getState().question?.photo ?? null;
  useAnswer.setState({ question: null, result: null, problem: null, chosen: 0 });
  if (before !== null && !isShown(before)) releasePhoto(before);
}
