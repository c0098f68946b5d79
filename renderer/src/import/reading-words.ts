import { type Message, msg, t } from "../lib/i18n/i18n.ts";

/** What the engine says of how it read a file, "CSV; delimiter: comma; encoding: UTF-8", in the language of the pages. */

const NAMES: Record<string, Message> = {
  delimiter: msg("delimiter"),
  "decimal mark": msg("decimal mark"),
  "decimal mark of prices that are texts": msg("decimal mark of prices that are texts"),
  encoding: msg("encoding"),
};
const VALUES: Record<string, Message> = {
  comma: msg("comma"),
  semicolon: msg("semicolon"),
  tab: msg("tab"),
  bar: msg("bar"),
  point: msg("point"),
};

const WHOLE: Record<string, Message> = {
  "Parquet with embeddings": msg("Parquet with embeddings"),
  "Parquet with embeddings of an unknown encoder": msg("Parquet with embeddings of an unknown encoder"),
};

const said = (words: Record<string, Message>, text: string): string => {
  const word = words[text];
  return word === undefined ? text : t(word);
};

/** @returns what is not known as the engine said it */
export function readingText(format: string): string {
  return format
    .split("; ")
    .map((part) => {
      const at = part.indexOf(": ");
      return at < 0 ? said(WHOLE, part) : `${said(NAMES, part.slice(0, at))}: ${said(VALUES, part.slice(at + 2))}`;
    })
    .join("; ");
}
