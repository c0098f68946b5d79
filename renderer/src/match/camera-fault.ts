import { desktop } from "../lib/desktop.ts";
import { type Message, msg } from "../lib/i18n/i18n.ts";

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

export const FAULT_WORDS: Record<CameraFault, { title: Message; help: Message }> = {
  none: {
    title: msg("No camera found"),
    help: msg("Plug one in: it is used as soon as it is there. A picture works as well."),
  },
  denied: {
    title: msg("The camera is not allowed"),
    help:
      desktop === null
        ? msg(
            "Allow it for this page (the camera symbol in the address bar, or the system's privacy settings), then try again.",
          )
        : msg("Allow it under Settings, This app, and in the system's privacy settings, then try again."),
  },
  "in-use": {
    title: msg("The camera is in use"),
    help: msg("Close the other program that shows its picture, then try again."),
  },
  unplugged: { title: msg("The camera was unplugged"), help: msg("Plug it in again, or choose another one.") },
  insecure: {
    title: msg("The camera needs a safe address"),
    help: msg("Browsers give it to pages on this machine or with https only. Open Shelfmatch at 127.0.0.1."),
  },
  other: { title: msg("The camera does not start"), help: msg("Unplug it and plug it in again, then try again.") },
};
