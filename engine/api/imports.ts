import { rm } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { ImportSource } from "../import/port.ts";
import { os } from "./base.ts";
import type { ApiContext } from "./context.ts";
import { spoolUpload } from "./spool.ts";

/** The sample catalogue that ships with the app. */
const SAMPLE_CATALOGUE = join(import.meta.dirname, "../../seed/products.csv");

/** Hands an upload to the importer, which keeps its folder where it takes it. */
async function withUpload<T>(
  context: ApiContext,
  { files, paths }: { files: File[]; paths?: string[] | undefined },
  take: (source: ImportSource) => Promise<T>,
): Promise<T> {
  const { folder, name } = await spoolUpload(context.uploadFolder, files, paths);
  try {
    return await take({ kind: "upload", folder, name });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** @throws ShelfmatchError FORBIDDEN, INVALID_INPUT */
function pathSource({ caller }: ApiContext, path: string): ImportSource {
  if (!caller.local) {
    const message =
      "Paths of this machine are read for its own command line and desktop only. Upload the files instead.";
    throw new ShelfmatchError("FORBIDDEN", message);
  }
  if (!isAbsolute(path)) {
    const message = `The path ${path} is relative, and the engine runs in another folder than its caller. Send the whole path.`;
    throw new ShelfmatchError("INVALID_INPUT", message);
  }
  return { kind: "path", path };
}

export const importsRouter = os.imports.router({
  start: os.imports.start.handler(({ input, context }) =>
    withUpload(context, input, (source) => context.services.importer.start(source)),
  ),
  startPath: os.imports.startPath.handler(({ input, context }) =>
    context.services.importer.start(pathSource(context, input.path)),
  ),
  startSample: os.imports.startSample.handler(({ context }) =>
    context.services.importer.start({ kind: "path", path: SAMPLE_CATALOGUE }),
  ),
  prepare: os.imports.prepare.handler(({ input, context }) =>
    withUpload(context, input, (source) => context.services.importer.prepare(source)),
  ),
  preparePath: os.imports.preparePath.handler(({ input, context }) =>
    context.services.importer.prepare(pathSource(context, input.path)),
  ),
  preview: os.imports.preview.handler(({ input, context }) => context.services.importer.preview(input.importId, input)),
  plan: os.imports.plan.handler(({ input, context }) => context.services.importer.plan(input.importId, input)),
  planned: os.imports.planned.handler(({ input, context }) => context.services.importer.planned(input.importId, input)),
  begin: os.imports.begin.handler(({ input, context }) => context.services.importer.begin(input.importId, input)),
  pause: os.imports.pause.handler(({ input, context }) => context.services.importer.pause(input.importId)),
  resume: os.imports.resume.handler(({ input, context }) => context.services.importer.resume(input.importId)),
  badRows: os.imports.badRows.handler(({ input, context }) => context.services.importer.badRows(input.importId, input)),
  badRowsFile: os.imports.badRowsFile.handler(async ({ input, context }) => {
    const { name, pieces } = context.services.importer.badRowsFile(input.importId);
    const parts: string[] = [];
    for await (const piece of pieces) parts.push(piece);
    return new File(parts, name, { type: "text/csv" });
  }),
  retry: os.imports.retry.handler(({ input, context }) => context.services.importer.retry(input.importId, input.rows)),
  watch: os.imports.watch.handler(async function* ({ input, context, signal }) {
    yield* context.services.importer.watch(input.importId, signal);
  }),
  list: os.imports.list.handler(({ context }) => context.services.importer.list()),
  cancel: os.imports.cancel.handler(({ input, context }) => context.services.importer.cancel(input.importId)),
  discard: os.imports.discard.handler(async ({ input, context }) => {
    await context.services.importer.discard(input.importId);
    return { importId: input.importId };
  }),
});
