import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runModels } from "../../scripts/servers/exported.mjs";

/**
 * A describer small enough for a test: a published architecture at reduced size with weights at random, and a tokenizer
 * out of the sample catalogue. It follows the schema as a trained one does; its words mean nothing.
 */

/** As `registry.py` names it: of the smaller tokens a picture. */
const NETWORK = "qwen3-vl-2b";

/** Writes the model `describe` into the folder of a repository. @param work folder for what it is made of */
export async function layOutDescriber(repository: string, work: string): Promise<void> {
  const [tokenizer, graphs] = [join(work, "tokenizer.json"), join(work, "graphs")];
  await mkdir(repository, { recursive: true });
  await mkdir(work, { recursive: true });
  runModels("shelfmatch_triton.describe.testing", ["--model", NETWORK, "--tokenizer", tokenizer]);
  const made = ["--weights", "random", "--size", "reduced", "--tokenizer", tokenizer, "--target", graphs];
  runModels("shelfmatch_triton", ["export-describer", "--model", NETWORK, ...made]);
  // One thread: a network as small as this one is no faster on more.
  runModels("shelfmatch_triton", ["lay-out-describer", "--graphs", graphs, "--target", repository, "--threads", "1"]);
}
