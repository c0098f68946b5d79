import { showPicture } from "./actions.ts";

export const NOTE_INPUT_ID = "match-note";

/** What the browser's dialog offers first; the person may still choose any file, and is told if it is none. */
const ACCEPT = "image/*,.heic,.heif,.tif,.tiff,.avif";

/** Opens the browser's file dialog. */
export function choosePicture(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ACCEPT;
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file !== undefined) showPicture(file);
  });
  input.click();
}
