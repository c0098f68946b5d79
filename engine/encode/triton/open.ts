import type { Config } from "../../../shared/config.ts";
import type { ImageEncoder, PictureTextEncoder, TextEncoder } from "../port.ts";
import { createTritonControl, type TritonControl } from "./control.ts";
import { createTritonImageEncoder } from "./image-encoder.ts";
import { createTritonPictureText } from "./picture-text.ts";
import { connectTriton } from "./server.ts";
import { createTritonTextEncoder } from "./text-encoder.ts";

interface TritonEncodersOptions {
  settings: Config["triton"];
  /** Folder of the shipped weights: tokenizer, class names, and what the vectors must be. */
  weights: string;
  /** Folder of the engine's data: what a model other than the shipped one is, is kept there. */
  folder: string;
  /** Folder of models that a person put there: tokenizers of text encoders other than the shipped one. */
  models: string;
  onNotice(message: string): void;
}

interface TritonEncoders {
  image: ImageEncoder;
  text: TextEncoder;
  pictureText: PictureTextEncoder;
  server: TritonControl;
}

/**
 * The encoders and the control of the models, over the connections of one server; these are closed with the last
 * encoder. The server need not be there yet.
 * @throws ShelfmatchError SERVICE_*, DATA_CORRUPT where a model other than the shipped one can't be asked what it is and
 *   never was before
 */
export async function openTritonEncoders({
  settings,
  weights,
  folder,
  models,
  onNotice,
}: TritonEncodersOptions): Promise<TritonEncoders> {
  const server = connectTriton(settings);
  let open = 3;
  const sharing = <Encoder extends { close(): Promise<void> }>(encoder: Encoder): Encoder => {
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
      const both = { server, weights, folder, models, onNotice };
      const text = await createTritonTextEncoder({ ...both, model: settings.textModel });
      const tower = image.space === null ? null : { space: image.space, dimensions: image.dimensions };
      const pictureText = createTritonPictureText({
        ...{ ...both, image: { model: settings.imageModel, tower }, model: settings.pictureTextModel },
      });
      return {
        ...{ image: sharing(image), text: sharing(text), pictureText: sharing(pictureText) },
        server: createTritonControl(server),
      };
    } catch (error) {
      await image.close();
      throw error;
    }
  } catch (error) {
    await server.close();
    throw error;
  }
}
