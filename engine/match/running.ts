import type { Answer, Answerer } from "./answer.ts";

interface AnswerWatch {
  /** @returns the same answerer, whose work is noticed */
  watch(answer: Answerer): Answerer;
  /** Whether any of them is at work on an answer: what can wait gives way then. */
  busy(): boolean;
}

export function watchAnswers(): AnswerWatch {
  let running = 0;
  async function* counted(stages: AsyncGenerator<Answer, void>): AsyncGenerator<Answer, void> {
    running++;
    try {
      yield* stages;
    } finally {
      running--;
    }
  }
  return {
    watch: (answer) => (question, options) => counted(answer(question, options)),
    busy: () => running > 0,
  };
}
