import { rm } from "node:fs/promises";
import { join } from "node:path";
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

export const dataRouter = os.data.router({
  overview: os.data.overview.handler(({ context }) => {
    assertSameMachine(context.caller);
    return context.services.data.overview();
  }),
  backup: os.data.backup.handler(async function* ({ input, context, signal }) {
    assertSameMachine(context.caller);
    if (input.path !== undefined) assertOwnPath(context.caller, input.path);
    yield* context.services.data.backup(input, signal);
  }),
  backupFile: os.data.backupFile.handler(({ input, context }) => {
    assertSameMachine(context.caller);
    return context.services.data.backupFile(input.id);
  }),
  check: os.data.check.handler(async function* ({ input, context, signal }) {
    assertSameMachine(context.caller);
    const { folder, name } = await spoolUpload(context.uploadFolder, [input.file], undefined);
    try {
      yield* context.services.data.check(join(folder, name), name, signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }),
  checkPath: os.data.checkPath.handler(async function* ({ input, context, signal }) {
    assertOwnPath(context.caller, input.path);
    yield* context.services.data.check(input.path, undefined, signal);
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
