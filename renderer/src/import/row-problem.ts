import { isRowProblem, type RowProblem } from "../../../shared/import-problems.ts";
import { type Message, msg } from "../lib/i18n/i18n.ts";
import { errorText, inWords } from "../lib/problem.ts";

/** Every code has its words: one without them fails the type check. */
const WORDS: Record<RowProblem, Message> = {
  ROW_BROKEN: msg("The row can't be read."),
  ROW_NO_KEY: msg("The row has neither a SKU nor a name."),
  ROW_INVALID: msg("A value can't be kept as it is."),
  ROW_DUPLICATE_SKU: msg("The SKU comes twice; the first one counts."),
  ROW_BAD_PRICE: msg("This is no price."),
  ROW_BAD_CURRENCY: msg("This is no currency, or another one than the price says."),
  BARCODE_INVALID: msg("The barcode is not right."),
  PICTURE_MISSING: msg("The picture is not in the import."),
  PICTURE_OUTSIDE: msg("The picture lies outside the import's folder."),
  PICTURE_TOO_MANY: msg("More pictures than a product keeps."),
  PICTURE_NOT_FETCHED: msg("The picture was not fetched from the web."),
  INDEX_FAILED: msg("In the catalogue, but no photo finds it yet."),
};

/**
 * What the engine says of a row: its own words in English, otherwise the code's sentence with them behind it.
 * @returns the engine's words where the code is not known
 */
export function rowProblemText({ code, message }: { code: string; message: string }): string {
  return isRowProblem(code) ? inWords(WORDS[code], message) : errorText({ code, message });
}
