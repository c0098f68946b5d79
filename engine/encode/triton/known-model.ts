import { ShelfmatchError } from "../../../shared/errors.ts";
import type { DeclaredEncoder } from "../declared.ts";
import { describeModel, identityOf, type ModelDescription } from "./description.ts";
import { TritonRefusal, translate } from "./failures.ts";
import type { Healer } from "./healer.ts";
import { type RememberedModel, recallModel, rememberModel } from "./remembered.ts";
import type { TritonServer } from "./server.ts";

/** What must be known of a model before the server need be there. */
export interface KnownModel extends DeclaredEncoder {
  /** Side of the square input in pixels; of image encoders. */
  inputSize?: number | undefined;
}

interface KnownModelOptions {
  server: TritonServer;
  model: string;
  healer: Healer;
  /** Folder of the engine's data. */
  folder: string;
  onNotice(message: string): void;
}

/** The model's description; one that is not loaded is loaded. @throws as `describeModel` and `Healer` */
export async function describeLoaded(server: TritonServer, model: string, healer: Healer): Promise<ModelDescription> {
  const before = healer.mended;
  const look = () => describeModel(server, model, AbortSignal.timeout(server.deadlineMs));
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof TritonRefusal && error.notLoaded)) throw error;
    await healer.heal("load", before);
    return look();
  }
}

/**
 * Asks the server what the model is, and remembers it; where that can't be done, recalls it.
 * @throws ShelfmatchError SERVICE_* where the model was never seen before, DATA_CORRUPT
 */
export async function learnModel(options: KnownModelOptions): Promise<KnownModel> {
  const { server, model, folder, healer, onNotice } = options;
  const { address } = server;
  let learnt: RememberedModel;
  try {
    const description = await describeLoaded(server, model, healer);
    learnt = { address, model, ...identityOf(description), ...inputSizeOf(description) };
  } catch (error) {
    const known = await recallModel(folder, address, model);
    const failure = error instanceof ShelfmatchError ? error : translate(error, { address });
    if (known !== null) {
      onNotice(`Triton's model ${model} is taken to be what it was: ${failure?.message ?? String(error)}`);
      return known;
    }
    const reason = failure?.message ?? `Triton at ${address} can't be asked what ${model} is: ${String(error)}.`;
    const message = `${reason} What the vectors of ${model} are is not known yet: start once while Triton runs with it.`;
    throw new ShelfmatchError(failure?.code ?? "SERVICE_MISMATCH", message, { cause: error });
  }
  try {
    await rememberModel(folder, learnt);
  } catch (error) {
    onNotice(`What Triton's model ${model} is could not be noted for a start without Triton: ${String(error)}`);
  }
  return learnt;
}

function inputSizeOf({ inputs }: ModelDescription): { inputSize?: number } {
  const side = inputs.find(({ name }) => name === "views")?.shape[1];
  return side === undefined || side < 1 ? {} : { inputSize: side };
}
