import { MongoBulkWriteError } from "mongodb";
import { MONGO_CODE } from "../../lib/mongo/errors.ts";

/** Refusals that stand whenever the write is tried again. */
const FINAL: ReadonlySet<number> = new Set([
  ...[MONGO_CODE.duplicateKey, MONGO_CODE.documentValidation, MONGO_CODE.tooLarge],
]);

/** Whether the write was refused because it had gone in before. */
export const isPresent = (code: number) => code === MONGO_CODE.duplicateKey;

/**
 * Runs an unordered bulk write whose single writes may be refused.
 * @returns the server's code of each refused write, by its place
 * @throws what it threw, where a write may yet go in when it is tried again
 */
export async function refusals(write: () => Promise<unknown>): Promise<Map<number, number>> {
  try {
    await write();
    return new Map();
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
    if (errors.length === 0 || !errors.every(({ code }) => FINAL.has(code))) throw error;
    return new Map(errors.map(({ index, code }) => [index, code]));
  }
}
