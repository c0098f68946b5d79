import { z } from "zod";

/** `licences.json`, which the build writes beside the pages: scripts/setup/licences.mjs. */

const licencesSchema = z.object({
  shipped: z.array(
    z.object({
      name: z.string(),
      version: z.string().nullable(),
      licence: z.string(),
      kind: z.enum(["app", "package", "runtime", "weights", "font", "samples"]),
      text: z.number().nullable(),
    }),
  ),
  texts: z.array(z.string()),
});
export type Licences = z.infer<typeof licencesSchema>;
export type Shipped = Licences["shipped"][number];

/** @throws Error where the pages were not built, as in development */
export async function fetchLicences(): Promise<Licences> {
  const answer = await fetch("/licences.json");
  if (!answer.ok) throw new Error("The list of licences is made when the pages are built, and is not there.");
  return licencesSchema.parse(await answer.json());
}

/** Those whose name or licence has every word. */
export function found(shipped: readonly Shipped[], words: string): Shipped[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return shipped.filter(({ name, licence, kind }) => {
    const text = `${name} ${licence} ${kind}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
