import { chromium } from "playwright-core";
import sharp from "sharp";
import { freePorts } from "../scripts/servers/free-ports.mjs";
import { lighthouseModule } from "../scripts/setup/lighthouse.mjs";
import { chromiumPath, chromiumSwitches } from "./chromium.ts";

/** The pages that Lighthouse looks at. */
export const AUDITED = [
  "/",
  "/catalogue",
  "/catalogue/duplicates",
  "/batch",
  "/map",
  "/journal",
  "/evaluate",
  "/stack",
  "/settings",
];

/** Colours are what differs in the dark: the pages with most kinds of them. */
export const AUDITED_DARK = ["/catalogue", "/journal", "/settings"];

/** What Lighthouse says of a page; scores from 0 to 100. */
export interface PageScores {
  path: string;
  accessibility: number;
  bestPractices: number;
  /** Audits with weight that are not passed: their name and the first elements or facts. */
  failed: string[];
  /** Mean of the page's picture, 0..255. */
  brightness: number;
}

/** The part of Lighthouse's result that is read here. */
interface LighthouseResult {
  runtimeError?: { code: string; message: string };
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { title: string; score: number | null; details?: { items?: unknown[] } }>;
  fullPageScreenshot?: { screenshot: { data: string } };
}

type Lighthouse = (url: string, flags: object) => Promise<{ lhr: LighthouseResult } | undefined>;

/** Blink's numbers of the scheme that `prefers-color-scheme` answers with. */
const SCHEME_SWITCHES = {
  light: ["--blink-settings=preferredColorScheme=1"],
  dark: ["--blink-settings=preferredColorScheme=0"],
};

const FLAGS = {
  onlyCategories: ["accessibility", "best-practices"],
  formFactor: "desktop",
  screenEmulation: { mobile: false, width: 1280, height: 800, deviceScaleFactor: 1, disabled: false },
  // Neither category is about time: nothing is slowed down.
  throttlingMethod: "provided",
  // The pages ask the engine how it is for as long as they are open: the network never falls silent.
  maxWaitForLoad: 8_000,
  logLevel: "error",
};

/** @param data as the result has it, a data URL */
async function brightnessOf(data: string): Promise<number> {
  const { channels } = await sharp(Buffer.from(data.slice(data.indexOf(",") + 1), "base64"))
    .greyscale()
    .stats();
  return channels[0]?.mean ?? Number.NaN;
}

async function scoresOf(
  path: string,
  { runtimeError, categories, audits, fullPageScreenshot }: LighthouseResult,
): Promise<PageScores> {
  if (runtimeError !== undefined) throw new Error(`Lighthouse could not look at ${path}: ${runtimeError.message}`);
  const score = (category: string) => Math.round((categories[category]?.score ?? 0) * 100);
  const failed = Object.values(categories).flatMap(({ auditRefs }) =>
    auditRefs.flatMap(({ id, weight }) => {
      const audit = audits[id];
      if (weight === 0 || audit === undefined || audit.score === null || audit.score >= 0.9) return [];
      return [`${id}: ${audit.title} ${JSON.stringify(audit.details?.items?.slice(0, 3) ?? []).slice(0, 400)}`];
    }),
  );
  const brightness = await brightnessOf(fullPageScreenshot?.screenshot.data ?? "");
  return { path, accessibility: score("accessibility"), bestPractices: score("best-practices"), failed, brightness };
}

/**
 * Lets Lighthouse look at pages of a running web host, one after the other, in a Chromium of its own.
 * @param scheme that the system of the visitor prefers
 * @throws Error where it was not installed (scripts/setup/lighthouse.mjs), or where a page did not load
 */
export async function audit(
  url: string,
  paths: readonly string[],
  scheme: "light" | "dark" = "light",
): Promise<PageScores[]> {
  const module = lighthouseModule();
  if (module === null) throw new Error("Lighthouse is not installed: `npm run test:pages` installs it");
  const { default: lighthouse }: { default: Lighthouse } = await import(module);
  const [port] = await freePorts(1);
  const args = [...chromiumSwitches(), `--remote-debugging-port=${port}`, ...SCHEME_SWITCHES[scheme]];
  const browser = await chromium.launch({ executablePath: chromiumPath(), args });
  try {
    const scores: PageScores[] = [];
    for (const path of paths) {
      const result = await lighthouse(`${url}${path}`, { ...FLAGS, port });
      if (result === undefined) throw new Error(`Lighthouse said nothing of ${path}`);
      scores.push(await scoresOf(path, result.lhr));
    }
    return scores;
  } finally {
    await browser.close();
  }
}
