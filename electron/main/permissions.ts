import { dialog, type Session, systemPreferences, type WebContents } from "electron";
import { isOwnPage } from "./app-origin.ts";
import type { DesktopSettingsStore } from "./desktop-settings.ts";
import type { Log } from "./log.ts";
import { windowOf } from "./window.ts";
import { words } from "./words.ts";

/** What a page may use of the machine: the camera once the person allowed it, writing to the clipboard, nothing else. */

export type Wanted = "camera" | "clipboard-write" | "other";

/** @param media kinds of a `media` request: `video`, `audio` */
export function wantedOf(permission: string, media: readonly string[]): Wanted {
  if (permission === "clipboard-sanitized-write") return "clipboard-write";
  const videoAlone = media.length > 0 && media.every((kind) => kind === "video");
  return permission === "media" && videoAlone ? "camera" : "other";
}

async function askForCamera(contents: WebContents): Promise<boolean> {
  const window = windowOf(contents);
  const say = words();
  const question = {
    type: "question" as const,
    buttons: [say.allow, say.refuse],
    defaultId: 0,
    cancelId: 1,
    message: say.cameraQuestion,
    detail: say.cameraDetail,
  };
  const { response } = await (window === null
    ? dialog.showMessageBox(question)
    : dialog.showMessageBox(window, question));
  return response === 0;
}

/** macOS asks by itself, once; its answer holds over ours. */
async function systemAllows(): Promise<boolean> {
  return process.platform === "darwin" ? systemPreferences.askForMediaAccess("camera") : true;
}

/** @param dev origin of the dev server */
export function setUpPermissions(session: Session, settings: DesktopSettingsStore, dev: string | null, log: Log): void {
  let asking: Promise<boolean> | null = null;
  async function camera(contents: WebContents): Promise<boolean> {
    const { camera: known } = settings.current;
    if (known === "refused") return false;
    if (known === "ask") {
      asking ??= askForCamera(contents).finally(() => {
        asking = null;
      });
      const allowed = await asking;
      settings.update({ camera: allowed ? "allowed" : "refused" });
      if (!allowed) return false;
    }
    return systemAllows();
  }

  session.setPermissionRequestHandler((contents, permission, decide, details) => {
    const media = "mediaTypes" in details ? (details.mediaTypes ?? []) : [];
    const wanted = wantedOf(permission, media);
    const own = details.isMainFrame && isOwnPage(details.requestingUrl, dev);
    if (own && wanted === "clipboard-write") return decide(true);
    if (own && wanted === "camera") {
      camera(contents).then(decide, (error: unknown) => {
        log.line(`The camera could not be asked for: ${String(error)}`);
        decide(false);
      });
      return;
    }
    log.line(`${details.requestingUrl} wanted ${permission} (${media.join(", ")}); it may not.`);
    decide(false);
  });
  session.setPermissionCheckHandler((_, permission, origin, details) => {
    const wanted = wantedOf(permission, details.mediaType === undefined ? [] : [details.mediaType]);
    if (!isOwnPage(origin, dev) || details.isMainFrame === false) return false;
    // Names of cameras are told with it: not before the person said yes.
    return wanted === "clipboard-write" || (wanted === "camera" && settings.current.camera === "allowed");
  });
  session.setDevicePermissionHandler(() => false);
}
