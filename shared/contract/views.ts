import { z } from "zod";
import { base } from "./base.ts";

/** Saved filters of the catalogue: named, kept in the engine. */

export const savedViewSchema = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(100),
  search: z
    .string()
    .max(4_000)
    .describe("The address's query: filters, words and order, as `category=Shoes&sort=price`."),
});
export type SavedView = z.infer<typeof savedViewSchema>;

const tags = ["catalogue"];

export const viewsContract = {
  list: base
    .route({ method: "GET", path: "/views", summary: "Saved filters, by name", tags })
    .output(z.array(savedViewSchema)),
  save: base
    .route({ method: "PUT", path: "/views/{id}", summary: "Save a filter under a name", tags })
    .input(savedViewSchema)
    .output(savedViewSchema),
  remove: base
    .route({ method: "DELETE", path: "/views/{id}", summary: "Remove a saved filter", tags })
    .input(z.object({ id: z.uuid() }))
    .output(z.object({ id: z.uuid() })),
};
