/** Line breaks of every system: CR LF, LF, CR. */
const BREAK = /\r\n|\r|\n/g;

export function countBreaks(text: string): number {
  return text.match(BREAK)?.length ?? 0;
}

/** The text after its first `count` lines. */
export async function* afterLines(text: AsyncIterable<string>, count: number): AsyncGenerator<string> {
  let left = count;
  let afterCr = false;
  for await (const chunk of text) {
    let at: number = afterCr && chunk.startsWith("\n") ? 1 : 0;
    afterCr = false;
    BREAK.lastIndex = at;
    while (left > 0) {
      const found = BREAK.exec(chunk);
      if (found === null) break;
      left -= 1;
      at = BREAK.lastIndex;
      // The CR of a CR LF that two chunks share.
      afterCr = found[0] === "\r" && at === chunk.length;
    }
    if (left === 0 && at < chunk.length) yield chunk.slice(at);
  }
}

/** The text's lines without their breaks; one longer than `longest` characters comes cut, as null. */
export async function* splitLines(text: AsyncIterable<string>, longest: number): AsyncGenerator<string | null> {
  let rest = "";
  let tooLong = false;
  for await (const chunk of text) {
    // A CR at the end waits for its LF.
    const held = (rest + chunk).match(/\r$/) ? 1 : 0;
    const whole = rest + chunk;
    const lines = whole.slice(0, whole.length - held).split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? "") + whole.slice(whole.length - held);
    for (const line of lines) {
      yield tooLong || line.length > longest ? null : line;
      tooLong = false;
    }
    if (rest.length > longest) {
      tooLong = true;
      rest = "";
    }
  }
  const last = rest.replace(/\r$/, "");
  if (tooLong) yield null;
  else if (last !== "") yield last;
}
