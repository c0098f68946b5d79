import { oc } from "@orpc/contract";
import { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "../errors.ts";

/** Data of every typed error; the code and the message are the error's own. */
const errorData = z.object({
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});

type ErrorMap = Record<ErrorCode, { status: number; data: typeof errorData }>;

const errors = Object.fromEntries(
  Object.entries(ERROR_STATUS).map(([code, status]) => [code, { status, data: errorData }]),
) as ErrorMap;

/** Where every procedure of the contract starts: with the product's error codes declared. */
export const base = oc.errors(errors);
