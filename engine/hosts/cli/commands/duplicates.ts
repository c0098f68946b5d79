import { setTimeout as sleep } from "node:timers/promises";
import { ShelfmatchError } from "../../../../shared/errors.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../failure.ts";
import { printJson, printLine, say } from "../io.ts";
import type { Column } from "../table.ts";
import { printable, tableHead, tableRow } from "../table.ts";

const COLUMNS: readonly Column[] = [
  { title: "sku", width: 24 },
  { title: "sku", width: 24 },
  { title: "similar", width: 8, align: "right" },
  { title: "points", width: 7, align: "right" },
  { title: "also", width: 40 },
];
const POLL_MS = 500;
const PAGE_SIZE = 200;

/** Looks for products that may be the same, and lists those that nobody has decided. @returns the exit code */
export async function findDuplicates({ io, session, json }: Run): Promise<number> {
  const { client } = session;
  try {
    await session.lasting(async (lasting) => {
      let state = await lasting.duplicates.search(undefined, { signal: io.signal });
      while (state.state === "running") {
        await sleep(POLL_MS, undefined, { signal: io.signal });
        state = await lasting.duplicates.state(undefined, { signal: io.signal });
      }
      if (state.state === "failed") throw new ShelfmatchError("INTERNAL", `The search stopped: ${state.error ?? "?"}`);
    });
  } catch (error) {
    if (io.signal.aborted) await client.duplicates.cancel().catch(() => undefined);
    throw error;
  }
  if (!json) await printLine(io, tableHead(COLUMNS));
  for (let page = 1; ; page++) {
    const { items } = await client.duplicates.list({ page, pageSize: PAGE_SIZE }, { signal: io.signal });
    for (const pair of items) {
      if (json) {
        await printJson(io, pair);
        continue;
      }
      const { products, similarity, inliers, samePicture, sameName, sameArticle } = pair;
      const also = [samePicture && "same picture", sameName && "same name", sameArticle && "one article"];
      const cells = [products[0].sku, products[1].sku, similarity?.toFixed(2) ?? "", String(inliers ?? "")];
      await printLine(io, tableRow(COLUMNS, [...cells, also.filter((one) => one !== false).join(", ")]));
    }
    if (items.length < PAGE_SIZE) return EXIT.ok;
  }
}

export async function mergeProducts({ io, session, json }: Run, into: string, from: string): Promise<number> {
  const { product, decision } = await session.client.duplicates.merge({ into, from });
  if (json) await printJson(io, { product, decision });
  else
    say(
      io,
      `${printable(from)} is part of ${printable(product.sku)} now. Undo: shelfmatch duplicates undo ${decision}`,
    );
  return EXIT.ok;
}

export async function markVariants({ io, session, json }: Run, skus: string[]): Promise<number> {
  const marked = await session.client.duplicates.variants({ skus });
  if (json) await printJson(io, marked);
  else say(io, `Variants of one another: ${marked.skus.map(printable).join(", ")}.`);
  return EXIT.ok;
}

export async function markDistinct({ io, session, json }: Run, skus: string[]): Promise<number> {
  const { decision } = await session.client.duplicates.distinct({ skus });
  if (json) await printJson(io, { decision });
  else say(io, `Noted: not the same. Undo: shelfmatch duplicates undo ${decision}`);
  return EXIT.ok;
}

export async function listDecisions({ io, session, json }: Run): Promise<number> {
  for (const decision of await session.client.duplicates.decisions()) {
    if (json) {
      await printJson(io, decision);
      continue;
    }
    const { id, time } = decision;
    const what =
      decision.kind === "merged"
        ? `${decision.from.sku} merged into ${decision.into.sku}`
        : `not the same: ${decision.skus.join(", ")}`;
    await printLine(io, printable(`${time} ${id} ${what}`));
  }
  return EXIT.ok;
}

export async function undoDecision({ io, session, json }: Run, id: string): Promise<number> {
  const { skus } = await session.client.duplicates.undo({ id });
  if (json) await printJson(io, { id, skus });
  else say(io, `Undone: ${skus.map(printable).join(", ")}.`);
  return EXIT.ok;
}
