import { parentPort } from "node:worker_threads";
import { workerData } from "piscina";
import { createTokenizer, type TokenRules } from "../tokenizer.ts";

/** Runs in a worker thread: a long description would hold up the event loop. */

export interface TokenWorkerData {
  /** The model's `tokenizer.json`. */
  file: string;
  rules: TokenRules;
}

function initialise(): (texts: string[]) => number[][] {
  const { file, rules } = workerData as TokenWorkerData;
  const tokenise = createTokenizer(file, rules);
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
