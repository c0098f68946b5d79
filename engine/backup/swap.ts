import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { stagedRestoreSchema } from "../../shared/contract/data.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { isAbsent } from "../lib/absent.ts";
import { crashPoint } from "../lib/crash-point.ts";
import { syncFolder } from "../lib/sync-folder.ts";
import { isReplaced } from "./layout.ts";
import { settleSettings } from "./settings-copy.ts";

/**
 * How a checked backup takes the place of the data: at a start, before anything is opened, by renames alone. They are
 * several, so a plan on the disk says what is under way, and a start that finds one ends it: whatever moment an engine
 * dies at, the next one opens the old data or the new, whole.
 *
 * `restore/<id>/` is the unpacked backup, `restore/<id>.json` what it is, `restore/plan.json` that it is wanted.
 */

const RESTORE = "restore";
const PLAN = "plan.json";
const ASIDE = "before-restore-";

const planSchema = z.object({
  id: z.uuid(),
  /** wanted: nothing moved yet. out: the old data is on its way aside. in: it is there, the new one on its way in. */
  phase: z.enum(["wanted", "out", "in"]),
  /** Name of the folder for the old data. */
  aside: z.string().regex(/^before-restore-[\w-]+$/),
});
type Plan = z.infer<typeof planSchema>;

const stagedSchema = stagedRestoreSchema.omit({ armed: true, id: true });
export type Staged = z.infer<typeof stagedSchema>;

const restoreFolder = (dataFolder: string) => join(dataFolder, RESTORE);
export const stagedFolder = (dataFolder: string, id: string) => join(restoreFolder(dataFolder), id);
const planFile = (dataFolder: string) => join(restoreFolder(dataFolder), PLAN);

/** Whole or not at all, and on the disk when it resolves. */
async function writeDurably(file: string, folder: string, value: unknown): Promise<void> {
  const handle = await open(`${file}.new`, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(value)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  await syncFolder(folder);
}

/** @returns null where there is none. @throws ShelfmatchError DATA_CORRUPT where it can't be read */
async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (isAbsent(error)) return null;
    const message = `${file}, which says how far a restore is, can't be read (${error instanceof Error ? error.message : String(error)}). Move it away to go on with the data that is there.`;
    throw new ShelfmatchError("DATA_CORRUPT", message, { cause: error });
  }
}

const writePlan = (dataFolder: string, plan: Plan) =>
  writeDurably(planFile(dataFolder), restoreFolder(dataFolder), plan);

/** Says of an unpacked backup what it is; from here on it can be armed. */
export async function noteStaged(dataFolder: string, id: string, staged: Staged): Promise<void> {
  await writeDurably(join(restoreFolder(dataFolder), `${id}.json`), restoreFolder(dataFolder), staged);
}

/** The backup that was checked last, or null. */
export async function staged(dataFolder: string): Promise<z.infer<typeof stagedRestoreSchema> | null> {
  const names = await readdir(restoreFolder(dataFolder)).catch((error: unknown): string[] => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const plan = await readJson(planFile(dataFolder), planSchema);
  for (const name of names) {
    const id = name.replace(/\.json$/, "");
    if (!z.uuid().safeParse(id).success || !names.includes(`${id}.json`)) continue;
    const read = await readJson(join(restoreFolder(dataFolder), `${id}.json`), stagedSchema);
    if (read !== null) return { id, ...read, armed: plan?.id === id };
  }
  return null;
}

/** Has it take the place of the data at the next start. */
export async function arm(dataFolder: string, id: string): Promise<void> {
  const aside = `${ASIDE}${new Date().toISOString().slice(0, 19).replace(/:/g, "-")}-${id.slice(0, 4)}`;
  await writePlan(dataFolder, { id, phase: "wanted", aside });
}

/** Forgets what was checked, and that it was wanted. */
export async function forgetStaged(dataFolder: string): Promise<void> {
  await rm(planFile(dataFolder), { force: true });
  await rm(restoreFolder(dataFolder), { recursive: true, force: true });
}

/**
 * Ends the restore that is wanted or under way; to be called by whoever holds the data folder, before anything in it is
 * opened.
 * @returns what to tell the user: where the old data is, and what is otherwise than in the backup; null where there was
 *   nothing to do
 * @throws ShelfmatchError DATA_CORRUPT where the plan can't be read; the file system's errors: the next start tries again
 */
export async function endRestore(dataFolder: string): Promise<string | null> {
  let plan = await readJson(planFile(dataFolder), planSchema);
  if (plan === null) {
    // What was checked and not wanted, or killed while it was unpacked.
    await forgetStaged(dataFolder);
    return null;
  }
  const source = stagedFolder(dataFolder, plan.id);
  const aside = join(dataFolder, plan.aside);
  let notes: string[] = [];
  if (plan.phase === "wanted") {
    if (!existsSync(source)) {
      await rm(planFile(dataFolder), { force: true });
      return "The backup that was to be restored is gone. Nothing was changed.";
    }
    notes = await settleSettings(source, dataFolder);
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await syncFolder(dataFolder);
    plan = { ...plan, phase: "out" };
    await writePlan(dataFolder, plan);
  }
  if (plan.phase === "out") {
    await moveAll(dataFolder, aside, isReplaced, "restore.moved-out");
    plan = { ...plan, phase: "in" };
    await writePlan(dataFolder, plan);
    crashPoint("restore.all-out");
  }
  if (existsSync(source)) await moveAll(source, dataFolder, isReplaced, "restore.moved-in");
  crashPoint("restore.all-in");
  // From here on it is done; what is left of the folder is nothing any more.
  await rm(join(restoreFolder(dataFolder), `${plan.id}.json`), { force: true });
  await rm(planFile(dataFolder), { force: true });
  await syncFolder(restoreFolder(dataFolder));
  crashPoint("restore.done");
  await rm(restoreFolder(dataFolder), { recursive: true, force: true });
  const isEmpty = (await readdir(aside)).length === 0;
  if (isEmpty) await rm(aside, { recursive: true });
  const kept = isEmpty ? "" : ` What was there before is kept in ${aside} until you delete it.`;
  return [`The backup was restored.${kept}`, ...notes].join(" ");
}

/** Renames what is still there: the same again after a death half-way goes on where it stopped. */
async function moveAll(
  from: string,
  to: string,
  wanted: (name: string) => boolean,
  point: "restore.moved-out" | "restore.moved-in",
): Promise<void> {
  for (const name of (await readdir(from)).filter(wanted)) {
    await rename(join(from, name), join(to, name));
    crashPoint(point);
  }
  await syncFolder(from);
  await syncFolder(to);
}

/** Old data that restores have put aside. */
export async function previousNames(dataFolder: string): Promise<string[]> {
  const plan = await readJson(planFile(dataFolder), planSchema);
  const names = await readdir(dataFolder, { withFileTypes: true });
  return names
    .filter((entry) => entry.isDirectory() && /^before-restore-[\w-]+$/.test(entry.name) && entry.name !== plan?.aside)
    .map((entry) => entry.name)
    .sort();
}
