import { z } from "zod";
import type { ServedModel } from "../../../shared/contract/stack.ts";
import { createRemoteService } from "../../lib/remote/remote-service.ts";
import { translate } from "./failures.ts";
import type { TritonServer } from "./server.ts";

/** Explicit control of a server's models; the server must run with `--model-control-mode=explicit`. */
export interface TritonControl {
  /**
   * Every version of every model in the repository, loaded or not, with what was counted since it was loaded.
   * @throws ShelfmatchError SERVICE_*, TIMEOUT, as all of these
   */
  models(): Promise<ServedModel[]>;
  /** Loads a model, or loads it anew where its files have changed; resolves once it is ready. */
  load(model: string): Promise<void>;
  /** Frees a model's memory; requests under way are still answered. */
  unload(model: string): Promise<void>;
}

/** A load reads weights, makes room on a device and runs the warm-up requests. */
const LOAD_DEADLINE_MS = 120_000;

const indexSchema = z.array(
  z.object({
    name: z.string(),
    version: z.string().default(""),
    state: z.string().default(""),
    reason: z.string().default(""),
  }),
);
const counted = z.object({ count: z.number(), ns: z.number() });
const statisticsSchema = z.object({
  model_stats: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      inference_count: z.number(),
      execution_count: z.number(),
      inference_stats: z.object({ cache_hit: counted }),
      batch_stats: z.array(z.object({ compute_infer: counted })),
    }),
  ),
});

const modelPath = (model: string, what: string) => `/v2/repository/models/${encodeURIComponent(model)}/${what}`;

export function createTritonControl(server: TritonServer): TritonControl {
  const { address, deadlineMs } = server;
  const remote = createRemoteService({ name: "Triton", address, deadlineMs, translate });

  async function models(signal: AbortSignal): Promise<ServedModel[]> {
    const [listed, { model_stats }] = await Promise.all([
      listModels(server, signal),
      server.json(statisticsSchema, "/v2/models/stats", { signal }),
    ]);
    return listed.map((model) => {
      const known = model_stats.find(({ name, version }) => name === model.name && version === model.version);
      const executions = known?.batch_stats.reduce((sum, { compute_infer: { count } }) => sum + count, 0) ?? 0;
      const ns = known?.batch_stats.reduce((sum, { compute_infer }) => sum + compute_infer.ns, 0) ?? 0;
      return {
        ...model,
        inferences: known?.inference_count ?? null,
        executions: known?.execution_count ?? null,
        cacheHits: known?.inference_stats.cache_hit.count ?? null,
        averageMs: executions === 0 ? null : Math.round(ns / executions / 1e4) / 100,
      };
    });
  }

  return {
    models: () => remote.call("list its models", models, { retries: 1 }),
    load: (model) =>
      remote.call(`load ${model}`, (signal) => loadModel(server, model, signal), { deadlineMs: LOAD_DEADLINE_MS }),
    unload: (model) => remote.call(`unload ${model}`, (signal) => unloadModel(server, model, signal)),
  };
}

export function listModels(server: TritonServer, signal: AbortSignal): Promise<z.infer<typeof indexSchema>> {
  return server.json(indexSchema, "/v2/repository/index", { method: "POST", body: "{}", signal });
}

export async function loadModel(server: TritonServer, model: string, signal: AbortSignal): Promise<void> {
  await server.request(modelPath(model, "load"), { method: "POST", body: "{}", signal });
}

export async function unloadModel(server: TritonServer, model: string, signal: AbortSignal): Promise<void> {
  await server.request(modelPath(model, "unload"), { method: "POST", body: "{}", signal });
}
