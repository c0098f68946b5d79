import { Console } from "node:console";
import { EXIT } from "./failure.ts";
import { callerFolder } from "./io.ts";
import { runCli } from "./program.ts";

/** Entry of the command line. */

// A library that logs must not get between the lines of an answer.
globalThis.console = new Console(process.stderr);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The first asks for an orderly end, the second does not wait for it.
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  });
}
// `shelfmatch ... | head` closes the pipe: there is nobody left to write for.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
});

const exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: callerFolder(process.env, process.cwd()),
  signal: stop.signal,
});
// Not left to the event loop: a library's idle thread or socket would keep a finished command alive.
process.stdout.write("", () => process.exit(exitCode));
