import type { Description } from "../../shared/contract/match.ts";
import { namedColors } from "./colors.ts";
import type { ImageEncoding } from "./port.ts";
import type { RgbPicture } from "./views.ts";

export interface DescribeInput {
  picture: RgbPicture;
  classes: ImageEncoding["classes"];
  /** Lines read off the package, in reading order. */
  text?: readonly string[];
}

/** Below this nearly every class named for the sample catalogue was wrong: ImageNet knows no "hand trowel". */
const LEAST_PROBABILITY = 0.2;
const MOST_CLASSES = 3;
/** Sure enough for the sentence to name it without a doubt. */
const SURE = 0.5;
const CAPTION_LINES = 3;

/** What the embedded profile can say about a picture: classes, colours, the text on it, and one sentence of these. */
export function describe({ picture, classes, text = [] }: DescribeInput): Omit<Description, "barcodes"> {
  const likely = classes.filter(({ probability }) => probability >= LEAST_PROBABILITY).slice(0, MOST_CLASSES);
  const colors = namedColors(picture);
  const lines = text.map((line) => line.trim()).filter((line) => line !== "");
  return { classes: likely, colors, text: lines, caption: caption(likely, colors, lines) };
}

function caption(classes: Description["classes"], colors: Description["colors"], text: readonly string[]): string {
  const [first] = classes;
  const thing =
    first === undefined
      ? "Something"
      : first.probability >= SURE
        ? withArticle(first.name)
        : `Perhaps ${withArticle(first.name).toLowerCase()}`;
  const names = colors.map(({ name }) => name);
  const colored = names.length === 0 ? "" : ` in ${listed(names)}`;
  const reads = text.length === 0 ? "" : `, with the words "${text.slice(0, CAPTION_LINES).join(" ")}"`;
  return `${thing}${colored}${reads}.`;
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? "An" : "A"} ${noun}`;
}

function listed(words: string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
