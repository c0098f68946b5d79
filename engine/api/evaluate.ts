import { rm } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import { ShelfmatchError } from "../../shared/errors.ts";
import type { NamedBytes } from "../services.ts";
import { os } from "./base.ts";
import { spoolUpload } from "./spool.ts";

const TYPES = { csv: "text/csv", html: "text/html", jpg: "image/jpeg" } as const;
/** A folder around the upload's own, so that the one folder of a single product is not taken for the chosen one. */
const AROUND = "photos";

const toFile = ({ name, bytes }: NamedBytes, type: keyof typeof TYPES) =>
  new File([new Uint8Array(bytes)], name, { type: TYPES[type] });

export const evaluateRouter = os.evaluate.router({
  start: os.evaluate.start.handler(({ input: { source, ...options }, context }) =>
    context.services.evaluator.start(source, options),
  ),
  startFolder: os.evaluate.startFolder.handler(async ({ input: { files, paths, options }, context }) => {
    const named = paths ?? files.map(({ name }) => name);
    if (named.length !== files.length) {
      const message = `The upload has ${files.length} files and ${named.length} paths: send one path a file, or none.`;
      throw new ShelfmatchError("INVALID_INPUT", message);
    }
    const { folder } = await spoolUpload(
      context.uploadFolder,
      files,
      named.map((path) => `${AROUND}/${path}`),
    );
    const tops = new Set(named.map((path) => path.replaceAll("\\", "/").split("/")[0]));
    const [top] = tops;
    const name = tops.size === 1 && top !== undefined ? top : `${files.length} photos`;
    try {
      return await context.services.evaluator.start({ kind: "folder", folder, name, upload: true }, options);
    } catch (error) {
      // The evaluator removes the folders of the evaluations that it took.
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }),
  startPath: os.evaluate.startPath.handler(({ input: { path, options }, context }) => {
    if (!context.caller.local) {
      const message =
        "Paths of this machine are read for its own command line and desktop only. Upload the photos instead.";
      throw new ShelfmatchError("FORBIDDEN", message);
    }
    if (!isAbsolute(path)) {
      const message = `The path ${path} is relative, and the engine runs in another folder than its caller. Send the whole path.`;
      throw new ShelfmatchError("INVALID_INPUT", message);
    }
    const source = { kind: "folder" as const, folder: path, name: basename(resolve(path)), upload: false };
    return context.services.evaluator.start(source, options);
  }),
  list: os.evaluate.list.handler(({ context }) => context.services.evaluator.list()),
  get: os.evaluate.get.handler(({ input, context }) => context.services.evaluator.get(input.id)),
  watch: os.evaluate.watch.handler(async function* ({ input, context, signal }) {
    yield* context.services.evaluator.watch(input.id, signal);
  }),
  cancel: os.evaluate.cancel.handler(({ input, context }) => context.services.evaluator.cancel(input.id)),
  remove: os.evaluate.remove.handler(async ({ input: { id }, context }) => {
    await context.services.evaluator.remove(id);
    return { id };
  }),
  compare: os.evaluate.compare.handler(({ input, context, signal }) => {
    const other = { id: input.with ?? input.id, system: input.withSystem };
    return context.services.evaluator.compare({ id: input.id, system: input.system }, other, signal);
  }),
  picture: os.evaluate.picture.handler(async ({ input, context }) =>
    toFile(await context.services.evaluator.picture(input.id, input.query), "jpg"),
  ),
  export: os.evaluate.export.handler(async ({ input: { id, format }, context }) =>
    toFile(await context.services.evaluator.export(id, format), format),
  ),
});
