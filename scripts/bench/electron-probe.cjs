// Loaded into an Electron that is measured, before its app: says on stdout when its window is there, how busy its main
// process was, and when the page has an answer.
const { app } = require("electron");
const { existsSync, readFileSync } = require("node:fs");
const { monitorEventLoopDelay } = require("node:perf_hooks");

const say = (/** @type {string} */ what, value = 0) => process.stdout.write(`\n@${what} ${value}\n`);
const delay = monitorEventLoopDelay({ resolution: 5 });

app.on("browser-window-created", (_, window) => {
  window.once("show", () => {
    say("shown");
    delay.enable();
    if (process.env.PROBE_SECONDS) setTimeout(report, 1000 * Number(process.env.PROBE_SECONDS));
  });
  if (process.env.PROBE_ANSWER) look(window);
});

/** The page's answer to the picture that the app was opened with. @param {import("electron").BrowserWindow} window */
async function look(window) {
  const code = "document.querySelector('[data-testid=product]') !== null";
  const found = await window.webContents.executeJavaScript(code).catch(() => false);
  if (found) say("answered");
  else setTimeout(() => look(window), 20);
}

const mark = process.env.PROBE_MARK;
if (mark) {
  const timer = setInterval(() => {
    if (!existsSync(mark) || readFileSync(mark, "utf8").trim() !== "done") return;
    clearInterval(timer);
    report();
  }, 100);
}

function report() {
  say("delay", delay.percentile(99) / 1e6);
}
