import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { readDockerfile } from "./testing/dockerfile.ts";
import { loadProject } from "./testing/project.ts";

/** The health checks' own commands, run as they stand, against servers that are well, unwell, hanging and away. */

const { services } = loadProject("cpu");
const commandOf = (name: string) => services[name]?.healthcheck?.test.slice(1) ?? [];
const checks: [name: string, command: string[], port: number, path: string][] = [
  ["qdrant", commandOf("qdrant"), 6333, "/readyz"],
  ["triton", commandOf("triton-cpu"), 8000, "/v2/health/ready"],
  ["web", readDockerfile("web/Dockerfile").healthcheck, 7860, "/healthz"],
];
const has = (program: string) => spawnSync(program, ["--version"]).error === undefined;

/** Docker ends a check that hangs; the test does it in its place. */
async function exitCode(command: string[], port: number, actual: number, limitMs = 30_000): Promise<number | null> {
  // Only the port is another one here.
  const [program = "", ...args] = command.map((part) => part.replaceAll(String(port), String(actual)));
  const child = spawn(program, args, { stdio: "ignore", timeout: limitMs, killSignal: "SIGKILL" });
  const [code] = await once(child, "exit");
  return code;
}

/** Runs the check against a server of its own. */
async function against(
  answer: RequestListener,
  command: string[],
  port: number,
  limitMs?: number,
): Promise<number | null> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await exitCode(command, port, (server.address() as AddressInfo).port, limitMs);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe.each(checks)("of %s", (_, command, port, path) => {
  const runs = has(command[0] ?? "");

  test.skipIf(!runs)(`is well where ${path} says so`, async () => {
    const asked: (string | undefined)[] = [];
    const code = await against(
      (request, response) => {
        asked.push(request.url);
        response.end("fine");
      },
      command,
      port,
    );
    expect(asked).toEqual([path]);
    expect(code).toBe(0);
  });

  test.skipIf(!runs)("is unwell where the answer is an error, though it mentions 200", async () => {
    const answer: RequestListener = (_, response) =>
      response.writeHead(503, { "x-200": " 200 " }).end("HTTP/1.0 200 OK");
    expect(await against(answer, command, port)).not.toBe(0);
  });

  test.skipIf(!runs)("is unwell where nothing answers", async () => {
    expect(await against((_, response) => response.destroy(), command, port)).not.toBe(0);
    expect(await against(() => {}, command, port, 3_000)).not.toBe(0);
    const unused = createServer().listen(0, "127.0.0.1");
    await once(unused, "listening");
    const free = (unused.address() as AddressInfo).port;
    unused.close();
    await once(unused, "close");
    expect(await exitCode(command, port, free)).not.toBe(0);
  });
});
