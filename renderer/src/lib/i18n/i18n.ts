import { type MessageId, setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { en } from "./en.ts";
import type { MessageKey } from "./messages.ts";

/**
 * The words of the pages. A message is its English text, in ICU's notation: `t("{count, plural, one {# product} other
 * {# products}}", { count })`. Each folder's `de.ts` says it in German; one that is missing there fails the type check.
 * docs/decisions/0026-words.md tells how to add one.
 */

declare module "@lingui/core" {
  interface Register {
    messageIds: MessageKey;
  }
}

/** Every message that has a translation: the keys of all folders' `de.ts` (messages.ts). */
export type Message = MessageId;

type Compiled = ReturnType<typeof compileMessage>;

const compiled = new Map<string, Compiled>();

/** Messages are read once: a table of thousands of rows says the same one again and again. */
function compileOnce(message: string): Compiled {
  let known = compiled.get(message);
  if (known === undefined) {
    known = compileMessage(message);
    compiled.set(message, known);
  }
  return known;
}

export const i18n = setupI18n();
i18n.setMessagesCompiler(compileOnce);
i18n.loadAndActivate({ locale: "en", messages: en });

export type Values = Record<string, string | number>;

/**
 * A message in the language of the pages; in English where its folder's words are still on their way.
 * Called while something is shown, never when a module is loaded: the language may be another by then.
 */
export function t(message: Message, values?: Values): string {
  return i18n._(message, values);
}

/** Marks a message in a table that is written once and shown later, by `t`. */
export const msg = <const Text extends Message>(message: Text): Text => message;

/** Text that is made elsewhere and may have a translation: as it is where it has none. */
export const known = (text: string): string =>
  i18n.locale !== "en" && Object.hasOwn(i18n.messages, text) ? i18n._(text as Message) : text;
