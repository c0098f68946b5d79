import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { SCHEMES } from "../lib/color-schemes.ts";
import card from "./card.module.css";
import classes from "./settings-page.module.css";

/** Kept by this browser or app, and not by the engine: two people may look at one engine. */
export function AppearanceCard() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <section className={card.card} aria-labelledby="settings-appearance">
      <h2 id="settings-appearance" className={classes.cardTitle}>
        Appearance
      </h2>
      <div className={classes.row} data-even>
        <div>
          <span className={classes.label}>Theme</span>
          <p className={classes.help}>Applies at once, here alone.</p>
        </div>
        <SegmentedControl
          size="xs"
          aria-label="Theme"
          data={SCHEMES.map(({ value, label }) => ({ value, label }))}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
        />
      </div>
    </section>
  );
}
