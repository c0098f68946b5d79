import { extname } from "node:path";
import { type ExportFormat, exportFormatSchema } from "../../../../shared/contract/exports.ts";
import { ShelfmatchError } from "../../../../shared/errors.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { fromCaller, printJson, printLine, say, sayProgress } from "../io.ts";

export interface ExportCommandOptions {
  format?: ExportFormat;
  pictures?: true;
  embeddings?: true;
  replace: boolean;
}

/** @throws ShelfmatchError INVALID_INPUT where neither says a format */
function formatOf(file: string, { format, pictures }: ExportCommandOptions): ExportFormat {
  if (format !== undefined) return format;
  const extension = extname(file).slice(1).toLowerCase();
  if (extension === "zip" && pictures) return "csv";
  const named = exportFormatSchema.safeParse(extension);
  if (named.success) return named.data;
  const message = `${file} says no format. Call it .csv, .jsonl, .xlsx or .parquet, or say --format.`;
  throw new ShelfmatchError("INVALID_INPUT", message);
}

/** Writes the catalogue to a file. Ctrl-C leaves none. @returns the exit code */
export async function exportCatalogue(
  { io, session, json }: Run,
  file: string,
  options: ExportCommandOptions,
): Promise<number> {
  const request = {
    ...{ path: fromCaller(io, file), format: formatOf(file, options), replace: options.replace },
    ...{ pictures: options.pictures ?? false, embeddings: options.embeddings ?? false },
  };
  try {
    for await (const event of await session.client.exports.make(request, { signal: io.signal })) {
      if (event.kind === "progress") {
        sayProgress(io, `${event.done} of ${event.total} products`);
        continue;
      }
      sayProgress(io, null);
      const { exported } = event;
      if (exported.note !== null) say(io, exported.note);
      if (json) await printJson(io, exported);
      else {
        const pictures = exported.pictures > 0 ? ` and ${exported.pictures} pictures` : "";
        await printLine(io, `${exported.products} products${pictures} are in ${exported.file}.`);
      }
    }
  } finally {
    sayProgress(io, null);
  }
  return EXIT.ok;
}
