import { notifications } from "@mantine/notifications";
import type { PictureWords } from "../../../shared/contract/describe.ts";
import type { MatchResult } from "../../../shared/contract/match.ts";
import { client } from "../lib/client.ts";
import { toProblem } from "../lib/problem.ts";
import { askAnew } from "./actions.ts";

/**
 * Puts a person's words in the place of the description, and asks the same picture again.
 * @param words null takes the correction back
 * @returns whether it was kept
 */
export async function correctDescription(
  { runId }: MatchResult,
  picture: string,
  words: PictureWords | null,
): Promise<boolean> {
  try {
    await client.match.correct({ picture, words, runId });
  } catch (error) {
    const problem = toProblem(error);
    notifications.show({ title: problem.message, message: problem.nextStep, color: "red" });
    return false;
  }
  askAnew();
  return true;
}
