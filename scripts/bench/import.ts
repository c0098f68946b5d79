import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteCatalog } from "../../engine/catalog/sqlite/sqlite.ts";
import { createImporter } from "../../engine/import/importer.ts";
import { startIndexer } from "../../engine/import/testing/start-indexer.ts";
import { defaultConfig } from "../../shared/config.ts";
import { ean13 } from "../seed/ean13.ts";
import { line, quantile } from "./figures.ts";

/**
 * A table of products without pictures going into a fresh catalogue, once as new and once as it is there already: what
 * the import itself takes, in processor time of the whole process. The encoder is left out; its own pace is `loop`'s.
 */

const ROWS = 5_000;
const ROUNDS = 5;

const table = (): string => {
  const rows = ["sku,name,category,price,currency,brand,barcode,description,material,size"];
  for (let n = 0; n < ROWS; n++) {
    const words = Array.from({ length: 30 }, (_, at) => `word${(n * 31 + at * 7) % 997}`).join(" ");
    const barcode = ean13(String(200_000_000_000 + n));
    rows.push(
      `SKU-${n},Product number ${n},Category ${n % 20},${n % 300}.50,EUR,Brand ${n % 50},${barcode},${words},oak,M`,
    );
  }
  return rows.join("\n");
};

async function round(file: string): Promise<{ fresh: number; again: number; wall: number }> {
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-import-"));
  const catalog = await openSqliteCatalog({ folder: join(folder, "catalog") });
  const { indexer } = startIndexer(catalog);
  const importer = createImporter({
    ...{ catalog, indexer, limits: defaultConfig.limits, folder: join(folder, "imports") },
    ...{ web: () => defaultConfig.imports, log: () => undefined, onNotice: console.error },
  });
  async function seconds(): Promise<{ cpu: number; wall: number }> {
    const [before, started] = [process.cpuUsage(), performance.now()];
    const { importId } = await importer.start({ kind: "path", path: file });
    let last: { state: string } | null = null;
    for await (const progress of importer.watch(importId)) last = progress;
    if (last?.state !== "done") throw new Error(`The import is ${last?.state}.`);
    const { user, system } = process.cpuUsage(before);
    return { cpu: (user + system) / 1e6, wall: (performance.now() - started) / 1e3 };
  }
  const fresh = await seconds();
  const again = await seconds();
  await importer.close();
  await indexer.close();
  await catalog.close();
  await rm(folder, { recursive: true, force: true });
  return { fresh: fresh.cpu, again: again.cpu, wall: fresh.wall };
}

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "shelfmatch-bench-table-"));
  const file = join(folder, "products.csv");
  await writeFile(file, table());
  const rounds: Awaited<ReturnType<typeof round>>[] = [];
  for (let at = 0; at < ROUNDS; at++) rounds.push(await round(file));
  await rm(folder, { recursive: true, force: true });
  const show = (name: string, values: number[], unit: string) =>
    line(name, quantile(values, 0.5), unit, `median of ${ROUNDS}; ${values.map((one) => one.toFixed(2)).join(" ")}`);
  show(
    `${ROWS.toLocaleString("en")} new rows: processor time`,
    rounds.map(({ fresh }) => fresh),
    "s",
  );
  show(
    "the same rows again: processor time",
    rounds.map(({ again }) => again),
    "s",
  );
  show(
    "new rows: by the clock",
    rounds.map(({ wall }) => wall),
    "s",
  );
}
