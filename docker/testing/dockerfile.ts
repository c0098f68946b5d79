import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DOCKER } from "./project.ts";

interface Copy {
  /** Stage that it copies from; null for the repository. */
  from: string | null;
  sources: string[];
  target: string;
}

export interface Stage {
  base: string;
  name: string | null;
  copies: Copy[];
  env: Record<string, string>;
  user: string | null;
}

/** The plain subset of instructions that our Dockerfiles keep to. */
export function readDockerfile(path: string) {
  const text = readFileSync(join(DOCKER, path), "utf8").replace(/\\\n/g, " ");
  const stages: Stage[] = [];
  const lists: Record<string, string[]> = {};
  const defaults: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, instruction = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const stage = stages.at(-1);
    if (instruction === "ARG") {
      const [key = "", value = ""] = rest.split("=", 2);
      defaults[key] = value;
    } else if (instruction === "FROM") {
      const [base = "", , name = null] = rest.split(/\s+/);
      stages.push({ base, name, copies: [], env: {}, user: null });
    } else if (instruction === "COPY") {
      const words = rest.trim().split(/\s+/);
      const from = words[0]?.startsWith("--from=") ? (words.shift()?.slice("--from=".length) ?? null) : null;
      stage?.copies.push({ from, sources: words.slice(0, -1), target: words.at(-1) ?? "" });
    } else if (instruction === "ENV" && stage !== undefined) {
      const [key = "", value = ""] = rest.split("=", 2);
      stage.env[key] = value;
    } else if (instruction === "USER" && stage !== undefined) stage.user = rest;
    else if (["HEALTHCHECK", "ENTRYPOINT", "CMD"].includes(instruction)) {
      lists[instruction] = JSON.parse(rest.slice(rest.indexOf("[")));
    }
  }
  return {
    stages,
    defaults,
    healthcheck: lists.HEALTHCHECK ?? [],
    command: [...(lists.ENTRYPOINT ?? []), ...(lists.CMD ?? [])],
  };
}
