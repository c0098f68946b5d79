import type { Config } from "../../../shared/config.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { listModels } from "./control.ts";
import { describeModel, identityOf } from "./description.ts";
import { translate } from "./failures.ts";
import { connectTriton } from "./server.ts";

/** A loaded model that looks at the views that this app cuts. */
interface ImageModel {
  name: string;
  /** Why it can't be chosen. */
  fault: string | null;
  fingerprint: string | null;
  dimensions: number | null;
  precision: string | null;
  /** Of the square views, in pixels. */
  side: number | null;
  /** Whether a text model of its space is loaded beside it. */
  findsByWords: boolean;
}

/**
 * The loaded models of a server that look at views; what is not loaded can't be asked what it is.
 * @throws ShelfmatchError SERVICE_*, TIMEOUT
 */
export async function listImageModels(settings: Config["triton"]): Promise<ImageModel[]> {
  const server = connectTriton(settings);
  const signal = AbortSignal.timeout(settings.deadlineMs);
  try {
    const listed = await listModels(server, signal);
    const ready = [...new Set(listed.filter(({ state }) => state === "READY").map(({ name }) => name))].sort();
    const models = await Promise.all(ready.map((name) => describeModel(server, name, signal)));
    const texts = models.filter(({ inputs }) => inputs.some(({ name }) => name === "input_ids"));
    const spaces = new Set(texts.map(({ parameters }) => parameters.space));
    return models.flatMap((model) => {
      const views = model.inputs.find(({ name }) => name === "views");
      if (views === undefined) return [];
      const shown = { name: model.name, side: views.shape[1] ?? null, precision: model.parameters.precision ?? null };
      try {
        const { fingerprint, dimensions, space } = identityOf(model);
        return {
          ...shown,
          fault: null,
          fingerprint,
          dimensions,
          findsByWords: space !== undefined && spaces.has(space),
        };
      } catch (error) {
        const fault = (error as Error).message;
        return { ...shown, fault, fingerprint: null, dimensions: null, findsByWords: false };
      }
    });
  } catch (error) {
    if (error instanceof ShelfmatchError) throw error;
    throw translate(error, server) ?? error;
  } finally {
    await server.close();
  }
}
