import { clipboard, type NativeImage } from "electron";
import type { DesktopEvent } from "../../shared/desktop/calls.ts";
import { words } from "./words.ts";

const PNG = "image/png";

async function png(): Promise<Uint8Array<ArrayBuffer> | null> {
  // Electron 22, which the end-to-end tests run on, has the older call only.
  const readImage: unknown = Reflect.get(clipboard, "readImage");
  if (typeof readImage === "function") {
    const image: NativeImage = readImage.call(clipboard);
    return image.isEmpty() ? null : new Uint8Array(image.toPNG());
  }
  for (const item of await clipboard.read()) {
    if (item.types.includes(PNG)) return new Uint8Array(await (await item.getType(PNG)).arrayBuffer());
  }
  return null;
}

/** The clipboard's picture, to match. */
export async function clipboardPicture(): Promise<DesktopEvent> {
  const bytes = await png();
  if (bytes !== null) return { kind: "picture", name: "clipboard.png", bytes };
  return { kind: "problem", message: words().emptyClipboard };
}
