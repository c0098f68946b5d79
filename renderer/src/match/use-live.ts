import { type RefObject, useEffect } from "react";
import { askFrame } from "./actions.ts";
import { captureFrame, LIVE_SIDE } from "./frame.ts";
import { livePause, runLive } from "./live-loop.ts";

/** Matches what the camera sees for as long as it is on; whatever is in flight ends with it. */
export function useLive(video: RefObject<HTMLVideoElement | null>, on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    void runLive({
      capture: async () => (video.current === null ? null : captureFrame(video.current, LIVE_SIDE)),
      match: (frame) => askFrame(frame, stop.signal),
      pause: livePause,
      signal: stop.signal,
    });
    return () => stop.abort();
  }, [video, on]);
}
