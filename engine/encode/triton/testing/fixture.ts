import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configuredEndpoint } from "../../../../scripts/servers/endpoint.mjs";
import { layOutModels, prepareTriton, startTriton } from "../../../../scripts/servers/triton.mjs";
import { SHIPPED_IMAGE_MODEL, SHIPPED_TEXT_MODEL } from "../../shipped.ts";
import { connectTriton, type TritonServer } from "../server.ts";

const { install, missing } = prepareTriton();
const given = configuredEndpoint("triton");

/** Why no Triton can be started here, with how to get it, behind a colon; empty where one can. */
export const NO_OWN_TRITON = missing === null ? "" : `: ${missing}`;
/** The same, where the environment names no server either. */
export const NO_TRITON = given === null ? NO_OWN_TRITON : "";

type TritonProcess = Awaited<ReturnType<typeof startTriton>>;

/** A Triton, a folder for the engine's data, and the connections of a test; all of it ended by `stop`. */
interface TritonFixture {
  url: string;
  /** The engine's data folder. */
  data: string;
  /** Connections to `url`, the server's by default, closed by `stop`. */
  connect(options?: { url?: string; deadlineMs?: number; connections?: number }): TritonServer;
  stop(): Promise<void>;
}

/** A real Triton of the test's own, which may be stopped, killed and given other models. */
export interface OwnTritonFixture extends TritonFixture {
  /** Model repository. */
  repository: string;
  server: TritonProcess;
  /** A new process, on the port of the one before. */
  restart(models?: readonly string[]): Promise<TritonProcess>;
}

const SHIPPED = [SHIPPED_IMAGE_MODEL, SHIPPED_TEXT_MODEL];

async function fixtureAt(url: string): Promise<TritonFixture> {
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-triton-"));
  const connections: TritonServer[] = [];
  return {
    url,
    data: join(folder, "data"),
    connect({ url: other = url, deadlineMs = 20_000, connections: count = 16 } = {}) {
      const server = connectTriton({
        url: other,
        deadlineMs,
        connections: count,
        imageModel: "",
        textModel: "",
        pictureTextModel: null,
        describeModel: "",
      });
      connections.push(server);
      return server;
    },
    async stop() {
      await Promise.all(connections.map((server) => server.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server that the environment names, else one of the suite's own. */
export async function openTriton(): Promise<TritonFixture> {
  return given === null ? startOwnTriton() : fixtureAt(given.url);
}

export async function startOwnTriton(models: readonly string[] = SHIPPED): Promise<OwnTritonFixture> {
  if (install === null) throw new Error(missing);
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-models-"));
  layOutModels(folder);
  const server = await startTriton(install, { repository: folder, models });
  const fixture = await fixtureAt(server.url);
  const own: OwnTritonFixture = {
    ...fixture,
    repository: folder,
    server,
    async restart(again = models) {
      own.server = await startTriton(install, { repository: folder, models: again, port: server.port });
      return own.server;
    },
    async stop() {
      await fixture.stop();
      await own.server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return own;
}
