import { parentPort } from "node:worker_threads";
import { workerData } from "piscina";
import { createTokenizer } from "../tokenizer.ts";

/** Runs in a worker thread: a long description would hold up the event loop. */

export interface TokenWorkerData {
  tokenizer: string;
  /** Word pieces read of a text, the two marks around it among them; the rest is left out. */
  maxTokens: number;
}

function initialise(): (texts: string[]) => number[][] {
  const { tokenizer, maxTokens } = workerData as TokenWorkerData;
  const tokenise = createTokenizer(tokenizer, maxTokens);
  return (texts) => texts.map(tokenise);
}

/** A tokenizer that can't be read fails every call in its own words. */
function initialiseOrFail(): (texts: string[]) => number[][] {
  try {
    return initialise();
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

const tokenise = initialiseOrFail();
parentPort?.postMessage("loaded");

export default tokenise;
