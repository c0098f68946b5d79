import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layOutModels, prepareTriton, startTriton } from "../../scripts/servers/triton.mjs";
import { defaultConfig } from "../../shared/config.ts";
import { createTritonDescriber } from "../encode/triton/describer.ts";
import { layOutDescriber } from "./describer-model.ts";

/** A real Triton that serves the model `describe`, at reduced size, and what tests do to it. */
export class DescribedServer {
  folder = "";
  /** What adapters and engines said meanwhile. */
  readonly notices: string[] = [];
  #repository = "";
  #triton: Awaited<ReturnType<typeof startTriton>> | undefined;

  /** Makes the model and starts. */
  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), "shelfmatch-describer-"));
    this.#repository = join(this.folder, "repository");
    layOutModels(this.#repository);
    await layOutDescriber(this.#repository, join(this.folder, "work"));
    await this.start();
  }

  /** Starts the server, again on a port that it had. */
  async start(port?: number): Promise<void> {
    const { install } = prepareTriton();
    if (install === null) throw new Error("no tritonserver");
    const where = port === undefined ? {} : { port };
    this.#triton = await startTriton(install, { repository: this.#repository, models: ["describe"], ...where });
  }

  async close(): Promise<void> {
    await this.#triton?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    await this.#running.kill();
  }

  get url(): string {
    return this.#running.url;
  }

  get port(): number {
    return this.#running.port;
  }

  get #running() {
    if (this.#triton === undefined) throw new Error("the server was not started");
    return this.#triton;
  }

  openDescriber(settings: Partial<typeof defaultConfig.describer> = {}, model = "describe") {
    return createTritonDescriber({
      triton: { ...defaultConfig.triton, url: this.url, describeModel: model, deadlineMs: 60_000 },
      settings: { ...defaultConfig.describer, maxTokens: 96, ...settings },
      onNotice: (message) => this.notices.push(message),
    });
  }

  /** Ends the process that runs the model, as a crash would. */
  killStub(): void {
    const stub = this.#running.stubs().find(({ model }) => model === "describe");
    if (stub === undefined) throw new Error("no process runs the model describe");
    process.kill(stub.pid, "SIGKILL");
  }
}
