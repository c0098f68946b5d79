import type { EvaluationSummary } from "../../../shared/contract/evaluate.ts";
import type {
  EvaluationReport,
  Figure,
  Slice,
  SystemReport,
  WorstQuery,
} from "../../../shared/contract/evaluation-report.ts";
import {
  FIGURE_WORDS,
  formatDifference,
  formatInterval,
  formatValue,
  isSure,
  settingWords,
  systemName,
} from "../../../shared/evaluation/words.ts";
import { SEVERITIES } from "../transformations.ts";
import { html, Markup } from "./markup.ts";
import { plotsOf } from "./plots.ts";
import { STYLE } from "./style.ts";

/** The whole report as one file that needs nothing else: plots as SVG, pictures within it. */

interface Pictures {
  /** JPEG of a query; @throws where it is not kept. */
  query(query: number): Promise<Uint8Array>;
  /** JPEG of a catalogue picture; @throws where it is gone. */
  product(hash: string): Promise<Uint8Array>;
}

const COLUMNS = ["recallAt1", "recallAt5", "recallAt10", "mrr", "auroc", "ece", "matchPrecision"] as const;

const figure = (of: Figure) => html`${formatValue(of.value)}<small>${formatInterval(of)}</small>`;

function card(name: keyof typeof FIGURE_WORDS, of: Figure): Markup {
  const { name: title, means } = FIGURE_WORDS[name];
  return html`<div class="card">${title}<b>${formatValue(of.value)}</b><small>95 %: ${formatInterval(of) || "–"}, n = ${of.n}. ${means}</small></div>`;
}

function systemsTable(systems: readonly SystemReport[], several: boolean): Markup {
  const head = COLUMNS.map((name) => html`<th>${FIGURE_WORDS[name].name}</th>`);
  const rows = systems.map(
    (system) =>
      html`<tr><td>${systemName(system, several)}</td>${COLUMNS.map((name) => html`<td>${figure(system[name])}</td>`)}</tr>`,
  );
  return html`<table><thead><tr><th>Way of answering</th>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

function verdictsTable(systems: readonly SystemReport[], several: boolean): Markup {
  const rows = systems.flatMap((system) =>
    system.verdicts === null
      ? []
      : (["present", "absent"] as const).map(
          (side) =>
            html`<tr><td>${systemName(system, several)}, ${side}</td>${(["match", "similar", "none"] as const).map(
              (verdict) => html`<td>${system.verdicts === null ? null : figure(system.verdicts[side][verdict])}</td>`,
            )}</tr>`,
        ),
  );
  return html`<table><thead><tr><th>Products</th><th>match</th><th>similar</th><th>none</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function slicesTable(title: string, slices: readonly Slice[]): Markup | null {
  if (slices.length === 0) return null;
  const rows = slices.map(
    ({ name, recallAt1, noneOnPresent, noneOnAbsent }) =>
      html`<tr><td>${name}</td><td>${recallAt1.n}</td>${[recallAt1, noneOnPresent, noneOnAbsent].map((one) => html`<td>${figure(one)}</td>`)}</tr>`,
  );
  return html`<h2>${title}</h2><table><thead><tr><th></th><th>Queries</th><th>${FIGURE_WORDS.recallAt1.name}</th><th>${FIGURE_WORDS.noneOnPresent.name}</th><th>${FIGURE_WORDS.noneOnAbsent.name}</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function severityTable(slices: readonly Slice[]): Markup | null {
  const names = [...new Set(slices.filter(({ by }) => by === "severity").map(({ name }) => name))];
  if (names.length === 0) return null;
  const cell = (name: string, severity: string) => {
    const found = slices.find((one) => one.by === "severity" && one.name === name && one.severity === severity);
    return html`<td>${found === undefined ? "–" : figure(found.recallAt1)}</td>`;
  };
  const rows = names.map(
    (name) => html`<tr><td>${name}</td>${SEVERITIES.map((severity) => cell(name, severity))}</tr>`,
  );
  return html`<h2>Found first, by transformation and severity</h2><table><thead><tr><th></th>${SEVERITIES.map((severity) => html`<th>${severity}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}

function comparisonTable({ comparison, settings }: EvaluationReport): Markup | null {
  if (comparison === null) return null;
  const rows = comparison.figures.map(
    ({ figure: name, a, b, difference }) =>
      html`<tr><td>${FIGURE_WORDS[name].name}</td><td>${formatValue(a)}</td><td>${formatValue(b)}</td><td>${formatDifference(difference.value)}<small>${formatInterval(difference)}</small></td><td>${isSure(difference) ? "yes" : "no"}</td></tr>`,
  );
  return html`<h2>The two settings on the same queries</h2><p>First: ${settingWords(settings[0] ?? {})}. Second: ${settingWords(settings[1] ?? {})}. The second answers ${comparison.gained} queries right that the first does not, and loses ${comparison.lost}.</p><table><thead><tr><th></th><th>first</th><th>second</th><th>difference</th><th>beyond chance</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** Null where the picture is not to be had any more: the report stands without it. */
async function picture(bytes: Promise<Uint8Array> | null, alt: string): Promise<Markup> {
  const found = await bytes?.catch(() => null);
  if (found == null) return html`<div>no picture</div>`;
  return html`<img alt="${alt}" src="data:image/jpeg;base64,${Buffer.from(found).toString("base64")}" />`;
}

async function pair(worst: WorstQuery, pictures: Pictures): Promise<Markup> {
  const product = (hash: string | null | undefined, alt: string) =>
    picture(hash == null ? null : pictures.product(hash), alt);
  const { wanted, given, label, rank, confidence, verdict, asked } = worst;
  const seen =
    worst.picture === "kept"
      ? await picture(pictures.query(worst.query), "the query")
      : html`<div>photo kept by the journal alone</div>`;
  const [right, first] = [
    await product(wanted?.picture, wanted?.name ?? ""),
    await product(given?.picture, given?.name ?? ""),
  ];
  return html`<div class="pair"><div class="pictures"><div>Asked${seen}</div><div>Wanted: ${wanted?.name ?? "nothing"}${wanted === null ? null : right}</div><div>Given: ${given?.name ?? "nothing"}${given === null ? null : first}</div></div><small>${label}${asked === "absent" ? ", its product not in the catalogue" : ""}. Verdict ${verdict ?? "–"}, ${(confidence * 100).toFixed(0)} % sure${asked === "absent" ? "" : `, right one ${rank === null ? "not found" : `in place ${rank}`}`}.</small></div>`;
}

/** @returns an HTML document without scripts or anything from outside */
export async function exportHtml(
  summary: EvaluationSummary,
  report: EvaluationReport,
  pictures: Pictures,
): Promise<string> {
  const deciding = report.systems.find(({ id }) => id === report.deciding);
  const several = report.settings.length > 1;
  const title = summary.name === "" ? `Evaluation: ${summary.source.name}` : summary.name;
  const pairs: Markup[] = [];
  for (const worst of report.worst) pairs.push(await pair(worst, pictures));
  const slices = deciding?.slices ?? [];
  const body = html`<h1>${title}</h1>
<p>${summary.time.slice(0, 16).replace("T", " ")} UTC · ${summary.source.name} · ${report.queries} queries (${report.present} questions with their product there, ${report.absent} without), ${report.products} products · encoder ${report.fingerprint} · ${report.settings.map(settingWords).join(" | ")}</p>
${deciding === undefined ? null : html`<div class="cards">${card("recallAt1", deciding.recallAt1)}${card("auroc", deciding.auroc)}${deciding.verdicts === null ? null : [card("noneOnAbsent", deciding.verdicts.absent.none), card("noneOnPresent", deciding.verdicts.present.none)]}${card("matchPrecision", deciding.matchPrecision)}${card("ece", deciding.ece)}</div>`}
<h2>Ways of answering</h2>${systemsTable(report.systems, several)}
<h2>Verdicts</h2>${verdictsTable(report.systems, several)}
${comparisonTable(report)}
<h2>Plots of the whole answer</h2><div class="plots">${deciding === undefined ? null : plotsOf(deciding)}</div>
${severityTable(slices)}${slicesTable(
  "By transformation",
  slices.filter(({ by }) => by === "transformation"),
)}${slicesTable(
  "By category",
  slices.filter(({ by }) => by === "category"),
)}
${summary.notes.length === 0 ? null : html`<h2>Left out</h2><ul>${summary.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<h2>What went wrong, the surest mistakes first</h2>${pairs.length === 0 ? html`<p>Nothing did.</p>` : html`<div class="pairs">${pairs}</div>`}`;
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  return `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8" /><meta http-equiv="Content-Security-Policy" content="${policy}" /><meta name="viewport" content="width=device-width" /><title>${title}</title><style>${new Markup(STYLE)}</style></head><body>${body}</body></html>`.text}\n`;
}
