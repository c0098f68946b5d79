import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { type EvaluationSummary, evaluationSummarySchema } from "../../shared/contract/evaluate.ts";
import { type EvaluationReport, evaluationReportSchema } from "../../shared/contract/evaluation-report.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { isAbsent } from "../lib/absent.ts";
import { type Trial, trialSchema } from "./trial.ts";

/**
 * Finished evaluations: a folder each, written aside and renamed, so that one is there whole or not at all. `run.json` says
 * what it was, `report.json` what came of it, `trials.jsonl` each query; pictures are those of queries that went wrong.
 */

export interface StoredRun {
  summary: EvaluationSummary;
  report: EvaluationReport;
  trials: readonly Trial[];
  /** JPEG files by the number of their query. */
  pictures: ReadonlyMap<number, Uint8Array>;
}

export interface RunStore {
  save(run: StoredRun): Promise<void>;
  /** Newest first. `onBad` hears of the ones that can't be read. */
  list(onBad: (message: string) => void): Promise<EvaluationSummary[]>;
  /** @throws ShelfmatchError EVALUATION_NOT_FOUND, DATA_CORRUPT */
  summary(id: string): Promise<EvaluationSummary>;
  report(id: string): Promise<EvaluationReport>;
  trials(id: string): Promise<Trial[]>;
  /** @throws ShelfmatchError PICTURE_NOT_FOUND */
  picture(id: string, query: number): Promise<Uint8Array>;
  remove(id: string): Promise<void>;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function evaluationNotFound(id: string): ShelfmatchError {
  const message = `There is no evaluation ${id}. It may have been deleted; list the ones there are.`;
  return new ShelfmatchError("EVALUATION_NOT_FOUND", message, { details: { id } });
}

function parsed<T>(schema: z.ZodType<T>, text: string, id: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `The evaluation ${id} can't be read: what is stored is not one of this version. Delete it, and evaluate anew.`;
    throw new ShelfmatchError("DATA_CORRUPT", message, { cause });
  }
}

/** @param folder made when the first one is kept */
export function createRunStore(folder: string): RunStore {
  const read = async (id: string, name: string): Promise<string> => {
    // An id is a name in the folder and nothing else.
    if (!ID.test(id)) throw evaluationNotFound(id);
    try {
      return await readFile(join(folder, id, name), "utf8");
    } catch (error) {
      if (isAbsent(error)) throw evaluationNotFound(id);
      throw error;
    }
  };
  /** What a death in the middle left behind; nobody else writes here. */
  const removeDrafts = async () => {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.endsWith(".part")) await rm(join(folder, name), { recursive: true, force: true });
    }
  };
  const summary = async (id: string) => parsed(evaluationSummarySchema, await read(id, "run.json"), id);

  return {
    async save(run) {
      const { id } = run.summary;
      const draft = join(folder, `${id}.part`);
      try {
        await removeDrafts();
        await mkdir(draft, { recursive: true });
        const lines = run.trials.map((trial) => `${JSON.stringify(trial)}\n`).join("");
        await writeFile(join(draft, "trials.jsonl"), lines, { mode: 0o600 });
        await writeFile(join(draft, "report.json"), JSON.stringify(run.report), { mode: 0o600 });
        await writeFile(join(draft, "run.json"), JSON.stringify(run.summary), { mode: 0o600 });
        for (const [query, bytes] of run.pictures) await writeFile(join(draft, `${query}.jpg`), bytes, { mode: 0o600 });
        await rename(draft, join(folder, id));
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
        const message = "The evaluation can't be kept: the disk is full. Make room, then evaluate again.";
        throw new ShelfmatchError("DISK_FULL", message, { cause: error });
      }
    },
    async list(onBad) {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isAbsent(error)) return [];
        throw error;
      });
      const summaries = await Promise.all(
        names
          .filter((name) => ID.test(name))
          .map((id) =>
            summary(id).catch((error: unknown) => {
              onBad(error instanceof Error ? error.message : String(error));
              return null;
            }),
          ),
      );
      return summaries.filter((one) => one !== null).sort((a, b) => b.time.localeCompare(a.time));
    },
    summary,
    report: async (id) => parsed(evaluationReportSchema, await read(id, "report.json"), id),
    async trials(id) {
      const lines = (await read(id, "trials.jsonl")).split("\n").filter((line) => line !== "");
      return lines.map((line) => parsed(trialSchema, line, id));
    },
    async picture(id, query) {
      if (!ID.test(id)) throw evaluationNotFound(id);
      try {
        return await readFile(join(folder, id, `${query}.jpg`));
      } catch (error) {
        if (!isAbsent(error)) throw error;
        const message = `The picture of query ${query} was not kept: only those of queries that went wrong are.`;
        throw new ShelfmatchError("PICTURE_NOT_FOUND", message, { details: { id, query } });
      }
    },
    async remove(id) {
      await read(id, "run.json");
      await rm(join(folder, id), { recursive: true, force: true });
    },
  };
}
