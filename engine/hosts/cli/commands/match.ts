import type { MatchResult } from "../../../../shared/contract/match.ts";
import { plainAnswer } from "../answer.ts";
import type { Run } from "../command.ts";
import { EXIT, failureBody } from "../failure.ts";
import { inOrder } from "../in-order.ts";
import { fromCaller, printJson, printLine } from "../io.ts";
import type { Column } from "../table.ts";
import { money, percent, printable, tableHead, tableRow } from "../table.ts";
import { wholeIndex } from "./findable.ts";
import { pictureFile } from "./picture-file.ts";

/** Enough to keep two encoders busy while the next pictures are read. */
const AT_ONCE = 4;

const COLUMNS: readonly Column[] = [
  { title: "picture", width: 32 },
  { title: "verdict", width: 8 },
  { title: "sure", width: 7, align: "right" },
  { title: "sku", width: 24 },
  { title: "name", width: 32 },
  { title: "price", width: 14, align: "right" },
];

type Outcome = { image: string } & ({ result: MatchResult } | { error: ReturnType<typeof failureBody> });

function row(outcome: Outcome): string {
  if ("error" in outcome) return printable(`${outcome.image}: ${outcome.error.code}: ${outcome.error.message}`);
  const [best] = outcome.result.matches;
  const { verdict } = outcome.result;
  const found =
    best === undefined ? [] : [percent(best.confidence), best.sku, best.name, money(best.price, best.currency)];
  return tableRow(COLUMNS, [outcome.image, verdict, ...found]);
}

/** Every picture gets its line, in order; one that fails does not stop the others. @returns the exit code */
export async function match(
  run: Run,
  images: readonly string[],
  options: { text?: string; describe?: boolean; top?: number },
): Promise<number> {
  const { io, session, json } = run;
  await wholeIndex(run);
  const { config } = await session.client.system.settings();
  const matchOne = async (image: string): Promise<Outcome> => {
    try {
      io.signal.throwIfAborted();
      const picture = await pictureFile(fromCaller(io, image), image, config.limits.pictureBytes);
      const input = { picture, ...options };
      return { image, result: await session.lasting((client) => client.match.picture(input, { signal: io.signal })) };
    } catch (error) {
      return { image, error: failureBody(error) };
    }
  };
  let failed = 0;
  if (!json) await printLine(io, tableHead(COLUMNS));
  for await (const outcome of inOrder(images, AT_ONCE, matchOne)) {
    if (io.signal.aborted) return EXIT.interrupted;
    if ("error" in outcome) failed++;
    if (!json) await printLine(io, row(outcome));
    else if ("error" in outcome) await printJson(io, outcome);
    else await printJson(io, { image: outcome.image, ...plainAnswer(outcome.result) });
  }
  return failed === 0 ? EXIT.ok : EXIT.failed;
}
