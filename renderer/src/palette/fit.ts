/** Letters without case, accents and ligatures: "Straße" is found by "strasse", "Menü" by "menu". */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase().replace(/ß/g, "ss");
}

const wordsOf = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Inside a word two letters are found nearly everywhere. */
const LETTERS_INSIDE = 3;

function fitOfWord(word: string, title: readonly string[], others: readonly string[]): number | null {
  if (title[0]?.startsWith(word)) return 4;
  if (title.some((one) => one.startsWith(word))) return 3;
  if (others.some((one) => one.startsWith(word))) return 2;
  if (word.length >= LETTERS_INSIDE && title.some((one) => one.includes(word))) return 1;
  return null;
}

interface Named {
  title: string;
  words?: string;
  context?: string;
}

/**
 * How well something fits what was typed: every word has to be found, at the start of the title best, then at the start
 * of one of its words, of another word for it, inside a word.
 * @returns 1 to 6, the higher the better; null where a word is not found, or none was typed
 */
export function fitOf(text: string, { title, words = "", context = "" }: Named): number | null {
  const typed = wordsOf(text);
  if (typed.length === 0) return null;
  const inTitle = wordsOf(title);
  const others = wordsOf(words);
  const around = wordsOf(context);
  let own = false;
  let sum = 0;
  for (const word of typed) {
    const fit = fitOfWord(word, inTitle, others);
    if (fit === null && !around.some((one) => one.startsWith(word))) return null;
    own ||= fit !== null;
    sum += fit ?? 1;
  }
  if (!own) return null;
  const whole = typed.join(" ");
  const said = inTitle.join(" ");
  const bonus = said === whole ? 2 : said.startsWith(whole) ? 1 : 0;
  return sum / typed.length + bonus;
}
