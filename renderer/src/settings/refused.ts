import { ORPCError } from "@orpc/client";
import { z } from "zod";

const dataSchema = z.object({
  details: z.union([
    z.object({ path: z.string().min(1) }),
    z.object({ problems: z.array(z.object({ path: z.string().min(1), reason: z.string() })).min(1) }),
  ]),
});

/**
 * What the engine refused, by setting: some rules span several of them, and only the engine knows all.
 * @returns empty where the failure names no setting
 */
export function refusedAt(error: unknown): Record<string, string> {
  if (!(error instanceof ORPCError) || error.code !== "SETTINGS_INVALID") return {};
  const parsed = dataSchema.safeParse(error.data);
  if (!parsed.success) return {};
  const { details } = parsed.data;
  if ("path" in details) return { [details.path]: error.message };
  return Object.fromEntries(details.problems.map(({ path, reason }) => [path, reason]));
}
