import type { Answer, Answerer } from "./answer.ts";

/** The same answerer, and whether it is at work on an answer: what can wait gives way then. */
export function watchAnswers(answer: Answerer): { answer: Answerer; busy(): boolean } {
  let running = 0;
  async function* counted(stages: AsyncGenerator<Answer, void>): AsyncGenerator<Answer, void> {
    running++;
    try {
      yield* stages;
    } finally {
      running--;
    }
  }
  return { answer: (question, options) => counted(answer(question, options)), busy: () => running > 0 };
}
