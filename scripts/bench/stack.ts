import { run as runProfiles } from "./profiles.ts";
import { run as runTriton } from "./triton.ts";

/** The stack: its encoder by itself, then the whole of it beside the embedded profile. */
export async function run(): Promise<void> {
  await runTriton();
  await runProfiles();
}
