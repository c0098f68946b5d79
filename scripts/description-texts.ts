/**
 * What the app searches by of what a describer answered: reads a JSON array of answers, as the model gave them, from
 * standard input, and writes an array of texts. For `python -m shelfmatch_triton accept --vlm`, which measures what
 * descriptions find.
 *
 *   node scripts/description-texts.ts < answers.json
 */

import { json } from "node:stream/consumers";
import { z } from "zod";
import { textOfWords, tidyWords } from "../engine/describe/words.ts";
import { answerSchema } from "../engine/encode/triton/describer.ts";

const answers = z.array(z.string()).parse(await json(process.stdin));
const texts = answers.map((answer) => textOfWords(tidyWords(answerSchema.parse(JSON.parse(answer)))));
process.stdout.write(`${JSON.stringify(texts)}\n`);
