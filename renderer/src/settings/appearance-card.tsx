import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { SCHEMES } from "../lib/color-schemes.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import { chooseLanguage, type LanguageChoice, useLanguage } from "../lib/i18n/language.ts";
import card from "./card.module.css";
import classes from "./settings-page.module.css";

/** Each language by its own name, for who does not read the present one. */
const CHOICES = [
  { value: "auto", label: msg("As the system") },
  { value: "en", label: null, own: "English" },
  { value: "de", label: null, own: "Deutsch" },
] as const;

function choose(choice: LanguageChoice): void {
  chooseLanguage(choice).catch(() =>
    notifications.show({ color: "red", message: t("The words of this language could not be loaded. Try again.") }),
  );
}

/** Kept by this browser or app, and not by the engine: two people may look at one engine. */
export function AppearanceCard() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const choice = useLanguage((state) => state.choice);
  return (
    <section className={card.card} aria-labelledby="settings-appearance">
      <h2 id="settings-appearance" className={classes.cardTitle}>
        {t("Appearance")}
      </h2>
      <div className={classes.row} data-even>
        <div>
          <span className={classes.label}>{t("Theme")}</span>
          <p className={classes.help}>{t("Applies at once, here alone.")}</p>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t("Theme")}
          data={SCHEMES.map(({ value, label }) => ({ value, label: t(label) }))}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
        />
      </div>
      <div className={classes.row} data-even>
        <div>
          <span className={classes.label}>{t("Language")}</span>
          <p className={classes.help}>{t("Of the pages. What the engine writes into the journal stays English.")}</p>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t("Language")}
          data={CHOICES.map((one) => ({ value: one.value, label: one.label === null ? one.own : t(one.label) }))}
          value={choice}
          onChange={(value) => choose(value as LanguageChoice)}
        />
      </div>
    </section>
  );
}
