import { randomUUID } from "node:crypto";
import { openAsBlob } from "node:fs";
import { mkdir, rm, stat, statfs } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Config } from "../../shared/config.ts";
import type { Backup, BackupContents, BackupEvent, DataOverview, RestoreEvent } from "../../shared/contract/data.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { reporting } from "../lib/reporting.ts";
import type { DataKeeper } from "../services.ts";
import { VERSION } from "../version.ts";
import { elsewhereOf } from "./contents.ts";
import { makeBackup } from "./make.ts";
import type { Manifest } from "./manifest.ts";
import { stageBackup } from "./stage.ts";
import { arm, forgetStaged, noteStaged, previousNames, type Staged, staged, stagedFolder } from "./swap.ts";
import { filesIn, sizesOf, usageOf } from "./walk.ts";

interface KeeperOptions {
  dataFolder: string;
  config(): Config;
  fingerprint: BackupContents["fingerprint"];
  products(): Promise<number>;
}

/** Backs the data folder up and prepares restores; `swap.ts` ends those at the next start. */
export function createDataKeeper({ dataFolder, config, fingerprint, products }: KeeperOptions): DataKeeper {
  const backups = join(dataFolder, "backups");
  /** Kept to be fetched: the latest. */
  let latest: { id: string; path: string; name: string } | null = null;
  let busy = false;
  // Left by an engine before this one.
  const swept = rm(backups, { recursive: true, force: true });
  swept.catch(() => {});

  /** One at a time: two would take each other's room. */
  async function* alone<T, R>(work: () => AsyncGenerator<T, R>): AsyncGenerator<T, R> {
    if (busy) {
      throw new ShelfmatchError("BUSY", "A backup or a restore is under way. Wait until it is done, or cancel it.");
    }
    busy = true;
    try {
      return yield* work();
    } finally {
      busy = false;
    }
  }

  async function* backup(
    { path, replace = false }: { path?: string | undefined; replace?: boolean | undefined },
    signal?: AbortSignal,
  ): AsyncGenerator<BackupEvent, void> {
    const started = performance.now();
    await swept;
    const id = path === undefined ? randomUUID() : null;
    const name = `shelfmatch-${new Date().toISOString().slice(0, 16).replace(/:/g, "-")}.zip`;
    if (path !== undefined && !replace && (await isThere(path))) {
      throw new ShelfmatchError("INVALID_INPUT", `${path} is there already. Name another file, or have it replaced.`);
    }
    if (path === undefined) await mkdir(backups, { recursive: true, mode: 0o700 });
    const target = path ?? join(backups, `${id}.zip`);
    const about = {
      app: VERSION,
      profile: config().parts.profile,
      fingerprint,
      elsewhere: elsewhereOf(config()),
    };
    const { bytes, sha256, contents, notes } = yield* reporting<BackupEvent, Awaited<ReturnType<typeof makeBackup>>>(
      (report, ended) =>
        makeBackup({
          ...{ dataFolder, target, about, signal: ended },
          report: (progress) => report({ kind: "progress", ...progress }),
        }),
      signal,
    );
    if (id !== null) {
      if (latest !== null) await rm(latest.path, { force: true });
      latest = { id, path: target, name };
    }
    for (const text of [...contents.elsewhere, ...notes]) yield { kind: "note", text };
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const made: Backup = { id, file: path ?? name, bytes, sha256, contents, seconds };
    yield { kind: "done", backup: made };
  }

  async function* check(file: string, name: string, signal?: AbortSignal): AsyncGenerator<RestoreEvent, void> {
    // One at a time is kept: the one that was checked before makes room.
    await forgetStaged(dataFolder);
    const id = randomUUID();
    const { contents } = yield* reporting<RestoreEvent, Manifest>(
      (report, ended) =>
        stageBackup({
          ...{ file, name, folder: stagedFolder(dataFolder, id), signal: ended },
          report: (progress) => report({ kind: "progress", ...progress }),
        }),
      signal,
    );
    const about: Staged = { file: name, contents, notes: notesOn(contents) };
    await noteStaged(dataFolder, id, about);
    yield { kind: "ready", restore: { id, ...about, armed: false } };
  }

  function notesOn(contents: BackupContents): string[] {
    const same = contents.fingerprint.image === fingerprint.image && contents.fingerprint.text === fingerprint.text;
    const notes = [
      "The address and the token of the web host stay as they are on this machine.",
      ...contents.elsewhere.map((text) => `Not in the backup: ${text}`),
    ];
    if (!same && contents.counts.vectors > 0) {
      notes.push(
        "It was made with other models: products are embedded anew after the restart, and can be searched meanwhile only where those models are to be had.",
      );
    }
    return notes;
  }

  async function previous(): Promise<DataOverview["previous"]> {
    const names = await previousNames(dataFolder);
    return Promise.all(
      names.map(async (name) => {
        const path = join(dataFolder, name);
        const sizes = await sizesOf(dataFolder, await filesIn(dataFolder, name));
        const bytes = sizes.reduce((sum, size) => sum + size, 0);
        return { name, path, bytes, time: (await stat(path)).mtime.toISOString() };
      }),
    );
  }

  async function overview(): Promise<DataOverview> {
    const [parts, disk, total, waiting, before] = await Promise.all([
      usageOf(dataFolder),
      statfs(dataFolder),
      products(),
      staged(dataFolder),
      previous(),
    ]);
    return {
      folder: dataFolder,
      parts,
      freeBytes: disk.bavail * disk.bsize,
      now: { products: total },
      elsewhere: elsewhereOf(config()),
      staged: waiting,
      previous: before,
    };
  }

  async function needStaged(id: string): Promise<void> {
    if ((await staged(dataFolder))?.id === id) return;
    const message = "This backup is not waiting to be restored any more. Check it again, then restore it.";
    throw new ShelfmatchError("BACKUP_NOT_FOUND", message);
  }

  return {
    overview,
    backup: (request, signal) => alone(() => backup(request, signal)),
    async backupFile(id) {
      if (latest === null || latest.id !== id || !(await isThere(latest.path))) {
        throw new ShelfmatchError("BACKUP_NOT_FOUND", "This backup is not kept any more. Make it again.");
      }
      // Read from the disk as it is sent.
      return new File([await openAsBlob(latest.path)], latest.name, { type: "application/zip" });
    },
    check: (file, name, signal) => alone(() => check(file, name ?? basename(file), signal)),
    async restore(id) {
      await needStaged(id);
      await arm(dataFolder, id);
      return overview();
    },
    async cancelRestore(id) {
      await needStaged(id);
      await forgetStaged(dataFolder);
      return overview();
    },
    async deletePrevious(name) {
      // Only what the folder itself lists is ever a path.
      if (!(await previousNames(dataFolder)).includes(name)) {
        throw new ShelfmatchError("BACKUP_NOT_FOUND", `There is no earlier data called ${JSON.stringify(name)}.`);
      }
      await rm(join(dataFolder, name), { recursive: true, force: true });
      return overview();
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
