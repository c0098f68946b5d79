import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** SHA-256 of every extra picture, and of the shop's product list. */
const EXTRA: Record<string, string> = {
  "Picture_0B_by_freespace.jpg": "c8c0ab18e48d9e0419fe42881112137f3afafc27dfddc29ec3a6d54c56d225ad",
  "Picture_1A_by_freespace.jpg": "89e86af38d04daaef975665dc2127e9fa76f0fd68f4eea105a2d0ae3390b010b",
  "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
  "coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
  "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
  "gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
  "seeding_by_Clements_Engelhardt.jpg": "a5634d1ab5e41a3568e92d4a894a500c92b891f9ff734e50bd224d6e185a605f",
};
const PRODUCTS = "e4bd7324f39f9c9def18bfa2104ea98464ca563ebeab0999b3067ae0073bb9a6";

/** Throws where a source is not the one that the seed is made from. */
export async function checkSources(vendure: string, extra: string): Promise<void> {
  const files = Object.entries(EXTRA).map(([name, hash]): [string, string] => [join(extra, name), hash]);
  files.push([join(vendure, "assets", "products.csv"), PRODUCTS]);
  for (const [file, hash] of files) {
    const found = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    if (found !== hash) throw new Error(`${file} is another version: sha256 ${found}`);
  }
}
