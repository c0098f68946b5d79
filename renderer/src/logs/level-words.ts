import type { Level } from "../../../shared/contract/journal.ts";
import { type Message, msg } from "../lib/i18n/i18n.ts";

export const LEVEL_WORDS: Record<Level, Message> = {
  error: msg("Errors"),
  warn: msg("Warnings"),
  info: msg("Information"),
  debug: msg("Debugging"),
};
