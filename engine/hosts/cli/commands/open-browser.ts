import { spawn } from "node:child_process";

/** Opens an address in the person's browser, where there is one; without, nothing happens. */
export function openBrowser(url: string, env: Readonly<Record<string, string | undefined>>): void {
  const headless = process.platform === "linux" && !env.DISPLAY && !env.WAYLAND_DISPLAY;
  if (headless || env.CI) return;
  const [command, args] =
    process.platform === "win32"
      ? (["cmd", ["/c", "start", "", url]] as const)
      : ([process.platform === "darwin" ? "open" : "xdg-open", [url]] as const);
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  // No opener installed: the address was printed, which is enough.
  child.on("error", () => {});
  child.unref();
}
