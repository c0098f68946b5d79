import { setTimeout as sleep } from "node:timers/promises";
import type { CalibrationState } from "../../../../shared/contract/calibration.ts";
import { ShelfmatchError } from "../../../../shared/errors.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { printJson, printLine, say } from "../io.ts";
import type { Column } from "../table.ts";
import { tableHead, tableRow } from "../table.ts";

export interface RecalibrateOptions {
  products?: number;
  reset: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: "evidence", width: 10 },
  { title: "answers", width: 8, align: "right" },
  { title: "loss before", width: 12, align: "right" },
  { title: "loss after", width: 12, align: "right" },
  { title: "ECE before", width: 12, align: "right" },
  { title: "ECE after", width: 12, align: "right" },
  { title: "taken", width: 6 },
];
const POLL_MS = 500;
const SAID_EVERY = 50;

async function print({ io, json }: Run, { last, inForce }: CalibrationState): Promise<void> {
  if (json) return printJson(io, { inForce, last });
  if (last !== null) {
    await printLine(io, tableHead(COLUMNS));
    for (const { kind, answers, before, after, taken } of last.kinds) {
      const figure = (value: number | undefined) => value?.toFixed(3) ?? "";
      const losses = [figure(before?.logLoss), figure(after?.logLoss), figure(before?.ece), figure(after?.ece)];
      await printLine(io, tableRow(COLUMNS, [kind, String(answers), ...losses, taken ? "yes" : "no"]));
    }
  }
  say(io, `In force: ${inForce.own ? "fitted on this catalogue" : "as shipped"}, ${inForce.measuredOn}.`);
}

/** Fits the calibration anew and prints what came of it. @returns the exit code */
export async function recalibrate(run: Run, { products, reset }: RecalibrateOptions): Promise<number> {
  const { io, session } = run;
  if (reset) {
    await print(run, await session.client.calibration.reset());
    return EXIT.ok;
  }
  try {
    const state = await session.lasting(async (client) => {
      let now = await client.calibration.refit(products === undefined ? {} : { products }, { signal: io.signal });
      for (let said = 0; now.work.state === "running"; ) {
        await sleep(POLL_MS, undefined, { signal: io.signal });
        now = await client.calibration.state(undefined, { signal: io.signal });
        if (now.work.done - said < SAID_EVERY) continue;
        said = now.work.done;
        say(io, `${now.work.done} of ${now.work.total} queries`);
      }
      return now;
    });
    if (state.work.state === "failed") {
      throw new ShelfmatchError("INTERNAL", `The calibration could not be fitted: ${state.work.error ?? "?"}`);
    }
    await print(run, state);
    return EXIT.ok;
  } catch (error) {
    if (io.signal.aborted) await session.client.calibration.cancel().catch(() => undefined);
    throw error;
  }
}
