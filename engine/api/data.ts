import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BackupEvent, RestoreEvent } from "../../shared/contract/data.ts";
import { ShelfmatchError } from "../../shared/errors.ts";
import { os } from "./base.ts";
import type { Caller } from "./context.ts";
import { assertOwnPath } from "./own-path.ts";
import { spoolUpload } from "./spool.ts";

/** A backup holds every picture, photo and price, and a restore replaces them: for whoever sits at the machine. */
function assertSameMachine({ local, sameMachine }: Caller): void {
  if (local || sameMachine) return;
  const message =
    "The data is backed up and restored from the machine that it is on only: by its own pages, or by `shelfmatch backup`.";
  throw new ShelfmatchError("FORBIDDEN", message);
}

const progressOf = (event: BackupEvent | RestoreEvent) =>
  event.kind === "progress" ? { done: event.done, total: event.total } : null;

export const dataRouter = os.data.router({
  overview: os.data.overview.handler(({ context }) => {
    assertSameMachine(context.caller);
    return context.services.data.overview();
  }),
  backup: os.data.backup.handler(async function* ({ input, context, signal }) {
    assertSameMachine(context.caller);
    if (input.path !== undefined) assertOwnPath(context.caller, input.path);
    const { activities, data } = context.services;
    yield* activities.follow("backup", (until) => data.backup(input, until), { progressOf, signal });
  }),
  backupFile: os.data.backupFile.handler(({ input, context }) => {
    assertSameMachine(context.caller);
    return context.services.data.backupFile(input.id);
  }),
  check: os.data.check.handler(async function* ({ input, context, signal }) {
    assertSameMachine(context.caller);
    const { folder, name } = await spoolUpload(context.uploadFolder, [input.file], undefined);
    try {
      const { activities, data } = context.services;
      const check = (until: AbortSignal) => data.check(join(folder, name), name, until);
      yield* activities.follow("restore", check, { name, progressOf, signal });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }),
  checkPath: os.data.checkPath.handler(async function* ({ input, context, signal }) {
    assertOwnPath(context.caller, input.path);
    const { activities, data } = context.services;
    const check = (until: AbortSignal) => data.check(input.path, undefined, until);
    yield* activities.follow("restore", check, { name: basename(input.path), progressOf, signal });
  }),
  restore: os.data.restore.handler(({ input, context }) => {
    assertSameMachine(context.caller);
    return context.services.data.restore(input.id);
  }),
  cancelRestore: os.data.cancelRestore.handler(({ input, context }) => {
    assertSameMachine(context.caller);
    return context.services.data.cancelRestore(input.id);
  }),
  deletePrevious: os.data.deletePrevious.handler(({ input, context }) => {
    assertSameMachine(context.caller);
    return context.services.data.deletePrevious(input.name);
  }),
});
