/** Runs the benchmarks that are named, or all of them, one after the other. */

const BENCHMARKS: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  loop: () => import("./loop.ts"),
  answer: () => import("./answer.ts"),
  index: () => import("./index.ts"),
  start: () => import("./start.ts"),
  map: () => import("./map.ts"),
  stack: () => import("./stack.ts"),
  desktop: () => import("./desktop.ts"),
  import: () => import("./import.ts"),
  grid: () => import("./grid.ts"),
  journal: () => import("./journal.ts"),
  lighthouse: () => import("./lighthouse.ts"),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(BENCHMARKS).join(", ")}.`);
  process.exit(64);
}
for (const [name, load] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name}`);
  const { run } = await load();
  await run();
}
process.exit(0);
