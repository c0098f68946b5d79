import { setImmediate as turn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { JournalReader } from "./reader.ts";
import type { Answer, Question } from "./reader-client.ts";

/** The journal's reading thread: answers one question after the other, and keeps the index in step between them. */

const port = parentPort;
if (port === null) throw new Error("This runs as a worker thread.");
const reader = new JournalReader(z.string().parse(workerData));
let behind = false;

async function catchUp(): Promise<void> {
  if (behind) return;
  behind = true;
  try {
    // Questions have their turn after each step.
    while (reader.advance()) await turn();
    while (reader.advanceSums()) await turn();
  } catch {
    // The disk is full, or the file is being replaced: the next line, or the next question, tries again.
  } finally {
    behind = false;
  }
}

port.on("message", async (message: Question | { written: true } | { close: true }) => {
  if ("written" in message) return catchUp();
  if ("close" in message) {
    reader.close();
    port.close();
    return;
  }
  const { id, ask, input } = message;
  try {
    // The pairs of question and input are the type's.
    const value = await (reader[ask] as (input: unknown) => unknown)(input);
    port.postMessage({ id, value } satisfies Answer);
  } catch (error) {
    const code = error instanceof ShelfmatchError ? error.code : "INTERNAL";
    port.postMessage({ id, code, reason: error instanceof Error ? error.message : String(error) } satisfies Answer);
  }
});
void catchUp();
