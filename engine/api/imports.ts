import { rm } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { ShelfmatchError } from "../../shared/errors.ts";
import { os } from "./base.ts";
import { spoolUpload } from "./spool.ts";

/** The sample catalogue that ships with the app. */
const SAMPLE_CATALOGUE = join(import.meta.dirname, "../../seed/products.csv");

export const importsRouter = os.imports.router({
  start: os.imports.start.handler(async ({ input, context }) => {
    const { folder, name } = await spoolUpload(context.uploadFolder, input.files, input.paths);
    try {
      return await context.services.importer.start({ kind: "upload", folder, name });
    } catch (error) {
      // The importer removes the folders of the imports that it took.
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }),
  startPath: os.imports.startPath.handler(({ input, context }) => {
    if (!context.caller.local) {
      const message =
        "Paths of this machine are read for its own command line and desktop only. Upload the files instead.";
      throw new ShelfmatchError("FORBIDDEN", message);
    }
    if (!isAbsolute(input.path)) {
      const message = `The path ${input.path} is relative, and the engine runs in another folder than its caller. Send the whole path.`;
      throw new ShelfmatchError("INVALID_INPUT", message);
    }
    return context.services.importer.start({ kind: "path", path: input.path });
  }),
  startSample: os.imports.startSample.handler(({ context }) =>
    context.services.importer.start({ kind: "path", path: SAMPLE_CATALOGUE }),
  ),
  watch: os.imports.watch.handler(async function* ({ input, context, signal }) {
    yield* context.services.importer.watch(input.importId, signal);
  }),
  list: os.imports.list.handler(({ context }) => context.services.importer.list()),
  cancel: os.imports.cancel.handler(({ input, context }) => context.services.importer.cancel(input.importId)),
});
