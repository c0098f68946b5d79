import type { About } from "../../../shared/contract/system.ts";
import { formatBytes } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";

export interface Facts {
  title: string;
  facts: readonly (readonly [name: string, value: string])[];
}

/** What there is to know of an installation; no path and no address is among it. @param browser its own words for itself */
export function factsOf(about: About, browser: string): Facts[] {
  const { calibration, fingerprint, parts } = about;
  const fits = calibration.fits
    ? t("for the models in use")
    : t("for {fingerprint}, which is not in use", { fingerprint: calibration.fingerprint });
  return [
    {
      title: "Shelfmatch",
      facts: [
        [t("Version"), about.version],
        ["Commit", about.commit ?? t("not known")],
        ["Node", about.node],
        [t("Pages in"), browser],
      ],
    },
    {
      title: t("Machine"),
      facts: [
        [t("System"), about.platform],
        [t("Processors"), about.processors],
        [t("Memory"), formatBytes(about.memoryBytes)],
      ],
    },
    {
      title: t("What runs"),
      facts: [
        [t("Profile"), about.profile],
        [
          t("Parts"),
          Object.entries(parts)
            .map(([part, adapter]) => `${part} ${adapter}`)
            .join(", "),
        ],
        [t("Image encoder"), fingerprint.image],
        [t("Text encoder"), fingerprint.text],
        [t("Calibration"), `${fits}; ${t("measured on {data}", { data: calibration.measuredOn })}`],
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
