import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ApiObserver } from "../../api/context.ts";
import type { EngineServices } from "../../services.ts";

export interface Metrics {
  observer: ApiObserver;
  /** One call of the contract. @param outcome OK or the error's code */
  called(door: "rpc" | "api", call: string, outcome: string): void;
  /** One HTTP request. @param seconds from its head to the head of the answer */
  requested(method: string, area: string, status: number, seconds: number): void;
  /** Prometheus text. */
  text(): Promise<string>;
  contentType: string;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function createMetrics({ catalog, importer }: Pick<EngineServices, "catalog" | "importer">): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "shelfmatch_http_request_seconds",
    help: "HTTP requests, by method, area and status: seconds until the answer begins.",
    labelNames: ["method", "area", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const calls = new Counter({
    name: "shelfmatch_calls_total",
    help: "Calls of the contract, by door, procedure and outcome (OK or an error code).",
    labelNames: ["door", "call", "outcome"],
    registers,
  });
  const stages = new Histogram({
    name: "shelfmatch_match_seconds",
    help: "Matches: seconds of each stage; `total` is the whole.",
    labelNames: ["stage"],
    buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10],
    registers,
  });
  const verdicts = new Counter({
    name: "shelfmatch_verdicts_total",
    help: "Answers, by verdict.",
    labelNames: ["verdict"],
    registers,
  });
  for (const verdict of ["match", "similar", "none"]) verdicts.inc({ verdict }, 0);
  const failures = new Counter({
    name: "shelfmatch_match_errors_total",
    help: "Matches that gave no answer, by error code.",
    labelNames: ["code"],
    registers,
  });
  let matching = 0;
  new Gauge({
    name: "shelfmatch_queue_length",
    help: "What is waiting or under way: matches, products to index, rows of running imports.",
    labelNames: ["queue"],
    registers,
    async collect() {
      const running = importer.list().filter(({ state }) => state === "reading" || state === "running");
      const rows = running.reduce((sum, { total, done }) => sum + Math.max(0, (total ?? done) - done), 0);
      this.set({ queue: "match" }, matching);
      this.set({ queue: "import" }, rows);
      this.set({ queue: "index" }, (await catalog.counts()).pending);
    },
  });
  new Gauge({
    name: "shelfmatch_products",
    help: "Products of the catalogue, by index state.",
    labelNames: ["state"],
    registers,
    async collect() {
      const { pending, indexed, failed } = await catalog.counts();
      this.set({ state: "pending" }, pending);
      this.set({ state: "indexed" }, indexed);
      this.set({ state: "failed" }, failed);
    },
  });
  return {
    observer: {
      matchStarted() {
        matching++;
      },
      matchEnded(outcome) {
        matching--;
        if (typeof outcome === "string") {
          failures.inc({ code: outcome });
          return;
        }
        verdicts.inc({ verdict: outcome.verdict });
        for (const [stage, ms] of Object.entries(outcome.timings)) stages.observe({ stage }, ms / 1000);
      },
    },
    called: (door, call, outcome) => calls.inc({ door, call, outcome }),
    requested(method, area, status, seconds) {
      // A caller may send any word as its method: each would be a series for good.
      requests.observe({ method: METHODS.has(method) ? method : "other", area, status }, seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
