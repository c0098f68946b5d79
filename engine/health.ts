import type { Config } from "../shared/config.ts";
import type { Health } from "../shared/contract/system.ts";
import type { Encoders } from "./adapters.ts";
import type { Catalog } from "./catalog/port.ts";
import type { Parts } from "./config/parts.ts";
import type { VectorIndex } from "./index/port.ts";
import type { ReembeddingStatus } from "./index/reembedding.ts";
import type { Journal } from "./journal/port.ts";
import type { PartHealth } from "./stack/control.ts";
import { VERSION } from "./version.ts";

interface HealthOptions {
  config(): Config;
  parts: Parts;
  /** Milliseconds since the epoch, of the engine's start. */
  startedAt: number;
  encoders: Encoders;
  index: VectorIndex;
  reembedding(): ReembeddingStatus;
  catalog: Catalog;
  journal: Journal;
}

const UNKNOWN = { total: 0, pending: 0, indexed: 0, failed: 0 };

/** How the engine is, part by part; a part that can't answer is down, and never keeps the others from answering. */
export function createHealthCheck({
  config,
  parts,
  startedAt,
  encoders,
  index,
  reembedding,
  catalog,
  journal,
}: HealthOptions) {
  const startMs = Date.now() - startedAt;
  // Of the parts that run: the settings may name another one for the next start.
  const { profile } = config().parts;

  async function indexHealth() {
    const health = await index.health();
    const { state, products } = reembedding();
    if (state !== "filling") return health;
    const { done, total } = products;
    return { ...health, detail: `${health.detail}; embedding ${total} products anew for other models, ${done} done` };
  }

  async function components(): Promise<(PartHealth & { adapter: string })[]> {
    const asked = [
      { name: "encoder" as const, adapter: parts.encoder, answer: encoders.image.health() },
      { name: "encoder" as const, adapter: `${parts.encoder}, text`, answer: encoders.text.health() },
      { name: "index" as const, adapter: parts.index, answer: indexHealth() },
      { name: "catalogue" as const, adapter: parts.catalog, answer: catalog.health() },
      { name: "journal" as const, adapter: parts.journal, answer: journal.health() },
    ];
    return Promise.all(
      asked.map(async ({ name, adapter, answer }) => {
        try {
          return { name, adapter, ...(await answer) };
        } catch (error) {
          return {
            name,
            adapter,
            state: "down" as const,
            detail: error instanceof Error ? error.message : String(error),
          };
        }
      }),
    );
  }

  async function whole(): Promise<Omit<Health, "dataFolder">> {
    const [all, products] = await Promise.all([components(), catalog.counts().catch(() => UNKNOWN)]);
    const states = all.map((component) => component.state);
    return {
      status: states.every((state) => state === "ready") ? "ready" : states.includes("down") ? "down" : "degraded",
      version: VERSION,
      profile,
      fingerprint: { image: encoders.image.fingerprint, text: encoders.text.fingerprint },
      components: all.map(({ name, adapter, state, detail }) => ({ name, adapter, state, detail })),
      products,
      uptimeSeconds: Math.round((Date.now() - startedAt) / 1000),
      startMs,
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  return { components, whole };
}
