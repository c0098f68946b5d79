import { implement } from "@orpc/server";
import { contract } from "../../shared/contract/contract.ts";
import type { ApiContext } from "./context.ts";
import { journalError, toORPCError, toShelfmatchError } from "./errors.ts";

function isIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value;
}

/** Where every handler starts: the contract, its context, and the one place where errors become the contract's. */
export const os = implement(contract)
  .$context<ApiContext>()
  .use(async ({ context, path, next }) => {
    const translate = (error: unknown) => {
      const known = toShelfmatchError(error);
      journalError(context.services.journal, known, path.join("."));
      return toORPCError(known);
    };
    // A stream fails after its handler has returned.
    async function* translated(events: AsyncIterator<unknown>) {
      try {
        yield* { [Symbol.asyncIterator]: () => events };
      } catch (error) {
        throw translate(error);
      }
    }
    try {
      const result = await next();
      return isIterator(result.output)
        ? { ...result, output: translated(result.output) as typeof result.output }
        : result;
    } catch (error) {
      throw translate(error);
    }
  });
