import { existsSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Health } from "../../../../shared/contract/system.ts";
import { withoutSeeStack } from "../../../../shared/errors.ts";
import { EXIT, failureBody } from "../failure.ts";
import { type Io, printJson, printLine } from "../io.ts";
import type { Session } from "../session.ts";
import { partsFinding, stackFindings } from "./doctor-stack.ts";

export interface Finding {
  name: string;
  ok: boolean;
  detail: string;
}

const PAGES = join(import.meta.dirname, "../../../../dist/renderer/index.html");
const SAMPLE = join(import.meta.dirname, "../../../../seed/products.csv");

async function folderFinding(dataFolder: string): Promise<Finding> {
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    await access(dataFolder, constants.W_OK);
    return { name: "data folder", ok: true, detail: dataFolder };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const detail = `${dataFolder} can't be written: ${reason}. Give yourself the permission, or name another with --data.`;
    return { name: "data folder", ok: false, detail };
  }
}

async function engineFindings(open: () => Promise<Session>): Promise<Finding[]> {
  let session: Session;
  try {
    session = await open();
  } catch (error) {
    return [{ name: "engine", ok: false, detail: failureBody(error).message }];
  }
  try {
    const { client } = session;
    const [health, settings, stack] = await Promise.all([
      client.system.health(),
      client.system.settings(),
      client.stack.status(),
    ]);
    const { profile, version, startMs, components, products } = health;
    const how = session.attached ? "running already" : `started in ${startMs} ms`;
    return [
      { name: "engine", ok: true, detail: `profile ${profile}, version ${version}, ${how}` },
      partsFinding(settings),
      ...components.map(({ name, adapter, state, detail }) => ({
        name: `${name} (${adapter})`,
        ok: state === "ready",
        detail: `${state}: ${withoutSeeStack(detail)}`,
      })),
      ...stackFindings(stack),
      productsFinding(products),
    ];
  } catch (error) {
    return [{ name: "engine", ok: false, detail: failureBody(error).message }];
  } finally {
    await session.close();
  }
}

function productsFinding(products: Health["products"]): Finding {
  if (products === null) return { name: "products", ok: false, detail: "not known: the catalogue does not answer" };
  const { total, indexed, pending, failed } = products;
  const detail = `${total}, of them ${indexed} indexed, ${pending} pending, ${failed} failed`;
  return { name: "products", ok: failed === 0, detail };
}

/** What runs here, what is missing, and how to get it. @returns the exit code: 1 where something needed is missing */
export async function doctor(io: Io, json: boolean, dataFolder: string, open: () => Promise<Session>): Promise<number> {
  const folder = await folderFinding(dataFolder);
  const findings: Finding[] = [
    { name: "node", ok: true, detail: `${process.version} on ${process.platform}-${process.arch}` },
    folder,
    ...(folder.ok ? await engineFindings(open) : []),
    existsSync(PAGES)
      ? { name: "pages", ok: true, detail: "built" }
      : { name: "pages", ok: false, detail: "not built: `npm start` builds them; the command line does without" },
    existsSync(SAMPLE)
      ? { name: "sample catalogue", ok: true, detail: "seed/products.csv" }
      : { name: "sample catalogue", ok: false, detail: "seed/products.csv is missing: check the clone" },
  ];
  for (const finding of findings) {
    if (json) await printJson(io, finding);
    else await printLine(io, `${finding.ok ? "ok     " : "problem"}  ${finding.name.padEnd(22)} ${finding.detail}`);
  }
  return findings.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
}
