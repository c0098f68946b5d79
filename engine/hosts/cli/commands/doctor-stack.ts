import { defaultConfig } from "../../../../shared/config.ts";
import type { Service, StackStatus } from "../../../../shared/contract/stack.ts";
import type { Settings } from "../../../../shared/contract/system.ts";
import { withoutSeeStack } from "../../../../shared/errors.ts";
import { isLoopback } from "../../../config/loopback.ts";
import { partsOf } from "../../../config/parts.ts";
import type { Finding } from "./doctor.ts";

/** Which adapter stands behind each part, and what chose it where that is not the profile. */
export function partsFinding({ config, fixed, restart }: Settings): Finding {
  const chosen = config.parts;
  const parts = partsOf(chosen);
  const listed = (Object.keys(parts) as (keyof typeof parts)[]).map((part) => {
    const how = fixed.includes(`parts.${part}`) ? " (command line or environment)" : " (settings)";
    // No profile chooses the describer: as it is where nobody did, it is the default's.
    return `${part} ${parts[part]}${chosen[part] === defaultConfig.parts[part] ? "" : how}`;
  });
  const source = fixed.includes("parts.profile") ? " (command line or environment)" : "";
  const waiting = restart.some((path) => path.startsWith("parts."))
    ? "; from the next start on: restart to use it"
    : "";
  return { name: "parts", ok: true, detail: `profile ${chosen.profile}${source}: ${listed.join(", ")}${waiting}` };
}

function serviceFinding({ name, state, version, address, latencyMs, breaker, detail }: Service): Finding {
  const facts = [
    state,
    version === null ? "version not known" : `version ${version}`,
    `at ${address}`,
    ...(latencyMs === null ? [] : [`${latencyMs} ms`]),
    ...(breaker === "closed" ? [] : [`breaker ${breaker}`]),
  ];
  return { name, ok: state === "ready", detail: `${facts.join(", ")}: ${withoutSeeStack(detail)}` };
}

/** An address of several hosts is nobody's own machine. */
function isHere(address: string): boolean {
  const url = address.includes("://") ? address : `tcp://${address}`;
  return URL.canParse(url) && isLoopback(new URL(url).hostname);
}

/** Docker is needed only where a service that should run on this machine does not. */
function dockerFinding({ docker, services, containers }: StackStatus): Finding {
  const missed = services.filter(({ state, address }) => state === "down" && isHere(address));
  const running = containers.filter(({ state }) => state === "running").map(({ service }) => service);
  if (docker.state === "ready") {
    const gpu = docker.gpu ? ", with an NVIDIA GPU" : "";
    const what = running.length > 0 ? `; containers: ${running.join(", ")}` : "";
    const next = missed.length > 0 ? "; `shelfmatch stack up` starts the services" : "";
    return { name: "docker", ok: true, detail: `ready: ${docker.detail}${gpu}${what}${next}` };
  }
  if (missed.length > 0) return { name: "docker", ok: false, detail: `${docker.state}: ${docker.detail}` };
  const unneeded = services.length === 0 ? "the embedded profile does without" : "the services run without it here";
  return { name: "docker", ok: true, detail: `${docker.state}, and not needed: ${unneeded}. ${docker.detail}` };
}

export function stackFindings(status: StackStatus): Finding[] {
  return [...status.services.map(serviceFinding), dockerFinding(status)];
}
