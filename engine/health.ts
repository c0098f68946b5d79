import type { Config } from "../shared/config.ts";
import type { Health } from "../shared/contract/system.ts";
import type { Encoders } from "./adapters.ts";
import type { Catalog } from "./catalog/port.ts";
import type { Parts } from "./config/parts.ts";
import type { Describer } from "./describe/port.ts";
import type { EncoderHealth } from "./encode/port.ts";
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
  describer: Describer;
  index: VectorIndex;
  reembedding(): ReembeddingStatus;
  catalog: Catalog;
  journal: Journal;
}

/** How the engine is, part by part; a part that can't answer is down, and never keeps the others from answering. */
export function createHealthCheck({
  config,
  parts,
  startedAt,
  encoders,
  describer,
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
    return {
      ...health,
      detail: `${health.detail.replace(/\.$/, "")}; embedding ${total} products anew for other models, ${done} done`,
    };
  }

  function filling(): Health["reembedding"] {
    const { state, searched, products } = reembedding();
    if (state !== "filling" || searched === null) return null;
    return { from: searched.image.fingerprint, to: encoders.image.fingerprint, ...products };
  }

  /** Words are compared with texts without it: what is wrong with it never makes the whole one down. */
  async function pictureTextHealth(): Promise<EncoderHealth | null> {
    const health = await encoders.pictureText.health();
    return health?.state === "down" ? { ...health, state: "degraded" } : health;
  }

  /** Every question is answered without it, too. */
  async function describerHealth(): Promise<EncoderHealth> {
    const health = await describer.health();
    return health.state === "down" ? { ...health, state: "degraded" } : health;
  }

  async function components(): Promise<(PartHealth & { adapter: string })[]> {
    const asked = [
      { name: "encoder" as const, adapter: parts.encoder, answer: encoders.image.health() },
      { name: "encoder" as const, adapter: `${parts.encoder}, text`, answer: encoders.text.health() },
      { name: "encoder" as const, adapter: `${parts.encoder}, words to pictures`, answer: pictureTextHealth() },
      { name: "describer" as const, adapter: parts.describer, answer: describerHealth() },
      { name: "index" as const, adapter: parts.index, answer: indexHealth() },
      { name: "catalogue" as const, adapter: parts.catalog, answer: catalog.health() },
      { name: "journal" as const, adapter: parts.journal, answer: journal.health() },
    ];
    const answered = await Promise.all(
      asked.map(async ({ name, adapter, answer }) => {
        try {
          const health = await answer;
          return health === null ? null : { name, adapter, ...health };
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
    return answered.filter((one) => one !== null);
  }

  async function whole(): Promise<Omit<Health, "dataFolder">> {
    const [all, products] = await Promise.all([components(), catalog.counts().catch(() => null)]);
    const states = all.map((component) => component.state);
    return {
      status: states.every((state) => state === "ready") ? "ready" : states.includes("down") ? "down" : "degraded",
      version: VERSION,
      profile,
      fingerprint: { image: encoders.image.fingerprint, text: encoders.text.fingerprint },
      components: all.map(({ name, adapter, state, detail }) => ({ name, adapter, state, detail })),
      products,
      reembedding: filling(),
      uptimeSeconds: Math.round((Date.now() - startedAt) / 1000),
      startMs,
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  return { components, whole };
}
