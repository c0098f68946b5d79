import type { Run as JournalRun } from "../../../../shared/contract/journal.ts";
import { ShelfmatchError } from "../../../../shared/errors.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { fromCaller, printJson, say } from "../io.ts";
import { printable } from "../table.ts";
import { pictureFile } from "./picture-file.ts";

export interface FeedbackOptions {
  sku?: string;
  note?: string;
  /** A file; true takes the photo that the journal has kept. */
  addPhoto?: string | true;
}

type Answer = NonNullable<JournalRun["feedback"]>["answer"];

/** Says what an answer was worth, and adds its photo to the product that it shows where asked to. @returns the exit code */
export async function feedback(
  { io, session, json }: Run,
  runId: string,
  answer: Answer,
  { sku, note, addPhoto }: FeedbackOptions,
): Promise<number> {
  const { client } = session;
  if (answer === "this" && sku === undefined) {
    throw new ShelfmatchError("INVALID_INPUT", "`this` needs to know which product it is: add --sku <sku>.");
  }
  await client.match.feedback({ runId, answer, ...(sku ? { sku } : {}), ...(note ? { note } : {}) });
  say(io, `Noted: ${answer}${sku === undefined ? "" : ` ${printable(sku)}`}.`);
  if (addPhoto === undefined) {
    if (json) await printJson(io, { runId, answer, sku: sku ?? null });
    return EXIT.ok;
  }
  const first = answer === "right" ? (await client.journal.run({ runId })).result : null;
  const shown = answer === "this" ? sku : first?.verdict === "none" ? undefined : first?.matches[0]?.sku;
  if (shown === undefined) {
    throw new ShelfmatchError(
      "INVALID_INPUT",
      "The photo shows no product of the catalogue: there is none to add it to.",
    );
  }
  const { config } = await client.system.settings();
  const picture =
    addPhoto === true
      ? {}
      : { picture: await pictureFile(fromCaller(io, addPhoto), addPhoto, config.limits.pictureBytes) };
  const { hash } = await client.match.addPhoto({ runId, sku: shown, ...picture });
  if (json) await printJson(io, { runId, answer, sku: shown, picture: hash });
  else say(io, `The photo is a picture of ${printable(shown)} now.`);
  return EXIT.ok;
}
