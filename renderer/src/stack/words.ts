import type { Container, ServedModel, Service, StackStatus } from "../../../shared/contract/stack.ts";
import { formatCount } from "../lib/format.ts";
import { type Message, msg, t } from "../lib/i18n/i18n.ts";
import { nextStepOf } from "../lib/problem.ts";

/** What the services say of themselves, in words for who runs a shop; the technical word stands beside it. */

export const STATE: Record<Service["state"], { label: Message; color: string }> = {
  ready: { label: msg("Ready"), color: "pine" },
  degraded: { label: msg("Partly working"), color: "amber" },
  down: { label: msg("Not working"), color: "red" },
};

const PARTS: Record<Service["parts"][number], Message> = {
  encoder: msg("models"),
  describer: msg("model that describes pictures"),
  index: msg("vectors"),
  catalogue: msg("products and pictures"),
  journal: msg("journal"),
};

/** "Runs the models", "Keeps products and pictures, journal". */
export function partsLine(parts: Service["parts"]): string {
  const names = parts.map((part) => t(PARTS[part])).join(", ");
  return parts.includes("encoder") || parts.includes("describer")
    ? t("Runs the {names}", { names })
    : t("Keeps {names}", { names });
}

export const BREAKER: Record<Service["breaker"], { words: Message; term: Message }> = {
  closed: { words: msg("Calls go through"), term: msg("breaker closed") },
  open: { words: msg("Calls are held back after failures in a row"), term: msg("breaker open") },
  "half-open": { words: msg("One call is let through to try"), term: msg("breaker half-open") },
};

export function queueLine({ inFlight, queued }: Pick<Service, "inFlight" | "queued">): string {
  if (inFlight === 0 && queued === 0) return t("Nothing waits");
  return t("{running} under way, {queued} waiting", { running: formatCount(inFlight), queued: formatCount(queued) });
}

export function callsLine({ calls, failures }: Pick<Service, "calls" | "failures">): string {
  if (calls === 0) return t("None yet");
  return `${formatCount(calls)}, ${failures === 0 ? t("none failed") : t("{count} failed", { count: formatCount(failures) })}`;
}

/** Settings section of each service, where its address and credentials stand. */
const SECTIONS: Record<string, string> = { Triton: "triton", Qdrant: "qdrant", MongoDB: "mongo", Chroma: "chroma" };

export function settingsHref(service: string): string {
  const section = SECTIONS[service];
  return section === undefined ? "/settings" : `/settings#settings-${section}`;
}

const LOOPBACK = /(^|[/@])(127\.\d+\.\d+\.\d+|localhost|\[::1\])([:/]|$)/;

export function isHere(address: string): boolean {
  return LOOPBACK.test(address);
}

/** Compose calls them triton-cpu, qdrant, mongo; beside them are some that end when their work is done. */
function containerOf({ name }: Service, containers: readonly Container[]): Container | undefined {
  const stem = name.toLowerCase().replace(/db$/, "");
  const named = containers.find(({ service }) => service === stem);
  return named ?? containers.find(({ service }) => service.startsWith(`${stem}-`));
}

/** Of compose.yaml, in the profile gpu: it ends before Triton starts, at its first start after minutes. */
const PLANS = "plans";

export type Advice = { text: string; action: "start" | "settings" | null };

/** What to do about a service that is not ready; null where it is. */
export function adviceFor(service: Service, { docker, containers }: StackStatus): Advice | null {
  if (service.state === "ready") return null;
  const code = service.lastFailure?.code ?? "SERVICE_UNAVAILABLE";
  if (code === "SERVICE_DENIED" || code === "SERVICE_MISMATCH" || code === "SERVICE_BAD_ANSWER") {
    return { text: nextStepOf(code), action: "settings" };
  }
  if (isHere(service.address) && docker.state === "ready") {
    if (service.parts.includes("encoder") && containers.some((one) => one.service === PLANS && isRunning(one))) {
      const text = t(
        "TensorRT plans are being built for this GPU, which takes minutes at the first start; Triton starts when they are done. How far it is: docker compose logs {service}",
        { service: PLANS },
      );
      return { text, action: null };
    }
    const container = containerOf(service, containers);
    if (container === undefined || !isRunning(container)) {
      return { text: t("Its container does not run. Start the services."), action: "start" };
    }
    if (container.health === "starting") {
      return { text: t("Its container is starting. It is used as soon as it answers."), action: null };
    }
    const text = t("Its container ({service}) runs. See what it says: docker compose logs {service}", {
      service: container.service,
    });
    return { text, action: null };
  }
  if (isHere(service.address) && docker.state === "no-engine") {
    return { text: t("Start Docker on this machine, then the services."), action: null };
  }
  return { text: nextStepOf(code) || nextStepOf("SERVICE_UNAVAILABLE"), action: "settings" };
}

export function isRunning({ state }: Pick<Container, "state">): boolean {
  return state === "running" || state === "restarting";
}

export function containerWords({ service, state, health, exitCode }: Container): { label: string; color: string } {
  if (state === "running") {
    if (service === PLANS) return { label: t("Building plans for the GPU"), color: "amber" };
    if (health === "unhealthy") return { label: t("Not healthy"), color: "red" };
    if (health === "starting") return { label: t("Starting"), color: "amber" };
    return { label: health === "healthy" ? t("Healthy") : t("Running"), color: "pine" };
  }
  if (state === "exited") {
    return exitCode === 0
      ? { label: t("Ended well"), color: "slate" }
      : { label: t("Failed ({code})", { code: exitCode }), color: "red" };
  }
  if (state === "restarting") return { label: t("Restarting"), color: "amber" };
  return { label: state, color: "slate" };
}

export function modelWords(state: string): { label: string; color: string } {
  if (state === "READY") return { label: t("Ready"), color: "pine" };
  if (state === "LOADING") return { label: t("Loading"), color: "amber" };
  if (state === "UNLOADING") return { label: t("Unloading"), color: "amber" };
  return { label: t("Not loaded"), color: "slate" };
}

/** How many inferences one execution carried on average: above 1 where batching works. */
export function batchLine({ inferences, executions }: Pick<ServedModel, "inferences" | "executions">): string {
  if (inferences === null || executions === null || executions === 0) return "–";
  return (inferences / executions).toFixed(1);
}

const RANK: Record<Service["state"], number> = { down: 0, degraded: 1, ready: 2 };

/** What needs a look comes first. */
export function worstFirst(services: readonly Service[]): Service[] {
  return [...services].sort((a, b) => RANK[a.state] - RANK[b.state]);
}

/** One line over all services; null where there are none. */
export function overall(services: readonly Service[]): { label: string; color: string } | null {
  if (services.length === 0) return null;
  const count = (wanted: Service["state"]) => services.filter(({ state }) => state === wanted).length;
  const [down, degraded] = [count("down"), count("degraded")];
  const parts = [
    down > 0 ? t("{count} not working", { count: down }) : "",
    degraded > 0 ? t("{count} partly working", { count: degraded }) : "",
  ];
  const label = parts.filter((part) => part !== "").join(", ") || t("All services are ready");
  return { label, color: STATE[down > 0 ? "down" : degraded > 0 ? "degraded" : "ready"].color };
}
