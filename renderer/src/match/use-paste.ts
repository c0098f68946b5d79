import { useEffect } from "react";
import { showPicture } from "./actions.ts";

/** A picture pasted anywhere on the page is matched; pasted words go where the cursor is. */
export function usePaste(): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const file = event.clipboardData?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      showPicture(file);
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, []);
}
