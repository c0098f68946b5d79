import type { Config } from "../../shared/config.ts";
import { type AnswerOptions, VERIFIED } from "./answer.ts";

/** What the settings ask of an answer: users' photos and evaluations are answered alike. */
export function answerOptionsOf({ verify, readText }: Config["match"]): Omit<AnswerOptions, "signal"> {
  return { verify: verify ? VERIFIED : 0, readText, readBarcodes: true };
}
