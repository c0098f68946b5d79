import { app, type Session, shell } from "electron";
import { APP_SCHEME, isOwnPage, parseAddress } from "./app-origin.ts";
import type { Log } from "./log.ts";

/** The window shows the app's own pages and nothing else, ever. */

/** Sites that the pages link to. They open in the person's browser. */
const LINKED_HOSTS = new Set(["docs.docker.com"]);

export function mayOpenOutside(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  const { protocol, hostname, username, password, port } = parsed;
  return protocol === "https:" && LINKED_HOSTS.has(hostname) && username === "" && password === "" && port === "";
}

/** @param dev origin of the dev server */
export function containNavigation(dev: string | null, log: Log): void {
  app.on("web-contents-created", (_, contents) => {
    const refuse = (event: { preventDefault(): void }, address: string) => {
      if (isOwnPage(address, dev)) return;
      event.preventDefault();
      log.line(`A page wanted to go to ${address}; it stays.`);
    };
    contents.on("will-navigate", (event, address) => refuse(event, address));
    contents.on("will-redirect", (event, address) => refuse(event, address));
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url);
      else log.line(`A page wanted to open ${url}; it may not.`);
      return { action: "deny" };
    });
  });
}

/** Nothing is fetched from outside, by whatever means a page tries. */
export function containRequests(session: Session, dev: string | null, log: Log): void {
  const inside = new Set([`${APP_SCHEME}:`, "blob:", "data:", "devtools:", "chrome-extension:"]);
  const devHost = dev === null ? null : new URL(dev).host;
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const { protocol, host } = new URL(url);
    const cancel = !(inside.has(protocol) || host === devHost);
    if (cancel) log.line(`A request to ${protocol}//${host} was refused.`);
    decide({ cancel });
  });
  session.on("will-download", (event, item) => {
    // A page saves what it shows: a photo of the person's own.
    const url = item.getURL();
    if (isOwnPage(url.replace(/^blob:/, ""), dev)) return;
    event.preventDefault();
    log.line(`A download of ${url} was refused.`);
  });
}
