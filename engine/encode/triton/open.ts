import type { Config } from "../../../shared/config.ts";
import type { ImageEncoder, TextEncoder } from "../port.ts";
import { createTritonControl, type TritonControl } from "./control.ts";
import { createTritonImageEncoder } from "./image-encoder.ts";
import { connectTriton } from "./server.ts";
import { createTritonTextEncoder } from "./text-encoder.ts";

interface TritonEncodersOptions {
  settings: Config["triton"];
  /** Folder of the shipped weights: tokenizer, class names, and what the vectors must be. */
  weights: string;
  /** Folder of the engine's data: what a model other than the shipped one is, is kept there. */
  folder: string;
  onNotice(message: string): void;
}

/**
 * Both encoders and the control of the models, over the connections of one server; these are closed with the second
 * encoder. The server need not be there yet.
 * @throws ShelfmatchError SERVICE_*, DATA_CORRUPT where a model other than the shipped one can't be asked what it is and
 *   never was before
 */
export async function openTritonEncoders({
  settings,
  weights,
  folder,
  onNotice,
}: TritonEncodersOptions): Promise<{ image: ImageEncoder; text: TextEncoder; server: TritonControl }> {
  const server = connectTriton(settings);
  let open = 2;
  const sharing = <Encoder extends ImageEncoder | TextEncoder>(encoder: Encoder): Encoder => {
    let closing: Promise<void> | null = null;
    async function close() {
      await encoder.close();
      open--;
      if (open === 0) await server.close();
    }
    return {
      ...encoder,
      close() {
        closing ??= close();
        return closing;
      },
    };
  };
  try {
    const image = await createTritonImageEncoder({ server, model: settings.imageModel, weights, folder, onNotice });
    try {
      const text = await createTritonTextEncoder({ server, model: settings.textModel, weights, folder, onNotice });
      return { image: sharing(image), text: sharing(text), server: createTritonControl(server) };
    } catch (error) {
      await image.close();
      throw error;
    }
  } catch (error) {
    await server.close();
    throw error;
  }
}
