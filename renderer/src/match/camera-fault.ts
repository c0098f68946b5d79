import { desktop } from "../lib/desktop.ts";

/** Why there is no camera picture, as far as the browser tells. */
export type CameraFault = "none" | "denied" | "in-use" | "unplugged" | "insecure" | "other";

export function cameraFault(error: unknown): CameraFault {
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "none";
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "in-use";
    default:
      return "other";
  }
}

export const FAULT_WORDS: Record<CameraFault, { title: string; help: string }> = {
  none: { title: "No camera found", help: "Plug one in: it is used as soon as it is there. A picture works as well." },
  denied: {
    title: "The camera is not allowed",
    help:
      desktop === null
        ? "Allow it for this page (the camera symbol in the address bar, or the system's privacy settings), then try again."
        : "Allow it under Settings, This app, and in the system's privacy settings, then try again.",
  },
  "in-use": { title: "The camera is in use", help: "Close the other program that shows its picture, then try again." },
  unplugged: { title: "The camera was unplugged", help: "Plug it in again, or choose another one." },
  insecure: {
    title: "The camera needs a safe address",
    help: "Browsers give it to pages on this machine or with https only. Open Shelfmatch at 127.0.0.1.",
  },
  other: { title: "The camera does not start", help: "Unplug it and plug it in again, then try again." },
};
