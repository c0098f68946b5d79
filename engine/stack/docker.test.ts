import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ComposeEvent } from "../../shared/contract/stack.ts";
import { createDocker } from "./docker.ts";
import { composeVariables } from "./own-services.ts";

/**
 * Where no Docker engine runs, its command line is played by a script that answers as the real one is documented to,
 * and records what it was asked: what is tested here is what the app makes of it.
 */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmatch-docker-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function dockerSaying(script: string) {
  const command = join(folder, "docker");
  await writeFile(command, `#!/bin/sh\necho "$@" >> "${join(folder, "asked")}"\n${script}\n`);
  await chmod(command, 0o755);
  return createDocker({ command, file: join(folder, "compose.yaml") });
}

async function all(events: AsyncIterable<ComposeEvent>): Promise<ComposeEvent[]> {
  const list: ComposeEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

const READY = `
case "$1 $2" in
  "compose version") echo "2.40.3" ;;
  "info --format") echo '{"ServerVersion":"29.1.2","Runtimes":{"runc":{},"nvidia":{}},"ServerErrors":null}' ;;
esac`;

describe.skipIf(process.platform === "win32")("Docker", () => {
  test("is ready, with or without a GPU", async () => {
    expect(await (await dockerSaying(READY)).state()).toEqual({
      ...{ state: "ready", detail: "Docker 29.1.2, Compose 2.40.3", gpu: true },
    });
    expect(await (await dockerSaying(READY.replace(',"nvidia":{}', ""))).state()).toMatchObject({ gpu: false });
  });

  test("that is missing, or lacks Compose, says how to get it", async () => {
    const nowhere = createDocker({ command: join(folder, "no-such-command") });
    expect(await nowhere.state()).toMatchObject({
      state: "missing",
      detail: expect.stringContaining("Install Docker"),
    });
    expect(await nowhere.containers()).toEqual([]);
    const old = await dockerSaying(
      `[ "$1" = compose ] && { echo "docker: 'compose' is not a docker command." >&2; exit 1; }`,
    );
    expect(await old.state()).toMatchObject({ state: "missing", detail: expect.stringContaining("no Compose plugin") });
  });

  test("whose engine does not answer says why", async () => {
    const docker = await dockerSaying(`
      [ "$1" = compose ] && { echo 2.40.3; exit 0; }
      echo '{"ServerErrors":["permission denied while trying to connect to the Docker daemon socket"]}'; exit 1`);
    expect(await docker.state()).toMatchObject({
      state: "no-engine",
      detail: expect.stringContaining("permission denied"),
    });
  });

  test("lists the project's containers, one object a line or all in one array", async () => {
    const rows = [
      '{"Service":"qdrant","State":"running","Health":"healthy","ID":"1"}',
      '{"Service":"web","State":"exited","ExitCode":3}',
    ];
    const wanted = [
      { service: "qdrant", state: "running", health: "healthy", exitCode: 0 },
      { service: "web", state: "exited", health: "", exitCode: 3 },
    ];
    expect(await (await dockerSaying(`printf '%s\\n' '${rows[0]}' '${rows[1]}'`)).containers()).toEqual(wanted);
    expect(await (await dockerSaying(`echo '[${rows.join()}]'`)).containers()).toEqual(wanted);
  });

  test("brings the services up line by line", async () => {
    const docker = await dockerSaying(`echo " Container qdrant Starting" >&2; echo " Container qdrant Healthy" >&2`);
    const events = await all(docker.up("gpu"));
    expect(events).toEqual([
      { kind: "line", text: " Container qdrant Starting" },
      { kind: "line", text: " Container qdrant Healthy" },
      { kind: "done", seconds: expect.any(Number) },
    ]);
    const asked = await readFile(join(folder, "asked"), "utf8");
    expect(asked.trim()).toBe(
      `compose --file ${join(folder, "compose.yaml")} --progress plain --profile gpu up --detach --wait --scale web=0`,
    );
  });

  test("makes the services' secrets before it starts them, and says where they are", async () => {
    const docker = await dockerSaying(`echo "secrets in $STACK_SECRETS: $(ls "$STACK_SECRETS" | wc -l)" >&2`);
    const [said] = await all(docker.up("cpu"));
    const { STACK_SECRETS: secrets } = docker.variables();
    expect(secrets).toBe(join(folder, "secrets"));
    expect(said).toEqual({ kind: "line", text: expect.stringMatching(/: +5$/) });
    const made = await readFile(join(secrets, "mongo-app-password"), "utf8");
    await all(docker.up("cpu"));
    expect(await readFile(join(secrets, "mongo-app-password"), "utf8")).toBe(made);
  });

  test("makes them where an installed app says, unless STACK_SECRETS names another folder", async () => {
    const command = join(folder, "docker");
    await writeFile(command, `#!/bin/sh\necho "$STACK_SECRETS" > "${join(folder, "told")}"\n`);
    await chmod(command, 0o755);
    const secrets = join(folder, "data", "stack-secrets");
    await all(createDocker({ command, file: join(folder, "installed", "compose.yaml"), secrets }).up("cpu"));
    expect((await readFile(join(folder, "told"), "utf8")).trim()).toBe(secrets);
    expect((await readFile(join(secrets, "server-token"), "utf8")).length).toBeGreaterThan(40);
    expect(composeVariables(folder, { STACK_SECRETS: "/mine" }, secrets).STACK_SECRETS).toBe("/mine");
  });

  test("secrets that can't be written are said with their folder, and nothing is started", async () => {
    const docker = await dockerSaying("");
    await writeFile(join(folder, "secrets"), "no folder");
    const failing = all(docker.up("cpu"));
    await expect(failing).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
    await expect(failing).rejects.toThrow(join(folder, "secrets"));
    await expect(readFile(join(folder, "asked"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a Compose that fails gives its last lines", async () => {
    const docker = await dockerSaying(`echo "Error: port is already allocated" >&2; exit 17`);
    const failing = all(docker.down());
    await expect(failing).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    await expect(failing).rejects.toThrow(/exit 17.*port is already allocated/);
  });

  test("is stopped, with what it started, when nobody waits any more", async () => {
    const docker = await dockerSaying(`echo "pulling" >&2; sleep 60 & echo $! > "${join(folder, "child")}"; wait`);
    const stop = new AbortController();
    const events = docker.up("cpu", stop.signal);
    expect((await events.next()).value).toEqual({ kind: "line", text: "pulling" });
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ code: "CANCELLED" });
  });
});
