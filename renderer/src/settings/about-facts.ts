import type { About } from "../../../shared/contract/system.ts";
import { formatBytes } from "../lib/format.ts";

export interface Facts {
  title: string;
  facts: readonly (readonly [name: string, value: string])[];
}

/** What there is to know of an installation; no path and no address is among it. @param browser its own words for itself */
export function factsOf(about: About, browser: string): Facts[] {
  const { calibration, fingerprint, parts } = about;
  const fits = calibration.fits ? "for the models in use" : `for ${calibration.fingerprint}, which is not in use`;
  return [
    {
      title: "Shelfmatch",
      facts: [
        ["Version", about.version],
        ["Commit", about.commit ?? "not known"],
        ["Node", about.node],
        ["Pages in", browser],
      ],
    },
    {
      title: "Machine",
      facts: [
        ["System", about.platform],
        ["Processors", about.processors],
        ["Memory", formatBytes(about.memoryBytes)],
      ],
    },
    {
      title: "What runs",
      facts: [
        ["Profile", about.profile],
        [
          "Parts",
          Object.entries(parts)
            .map(([part, adapter]) => `${part} ${adapter}`)
            .join(", "),
        ],
        ["Image encoder", fingerprint.image],
        ["Text encoder", fingerprint.text],
        ["Calibration", `${fits}; measured on ${calibration.measuredOn}`],
      ],
    },
  ];
}

/** The same as plain text, to be pasted into a report. */
export function reportText(groups: readonly Facts[]): string {
  return groups
    .map(({ title, facts }) => [title, ...facts.map(([name, value]) => `  ${name}: ${value}`)].join("\n"))
    .join("\n\n");
}
