import { type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { SCHEMES } from "../lib/color-schemes.ts";
import { t } from "../lib/i18n/i18n.ts";
import { ThemeButton } from "./theme-button.tsx";

/** The menu of themes, open. */
export function ThemeChoices() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu defaultOpened position="right-end" width={180}>
      <Menu.Target>
        <ThemeButton />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme.value} value={scheme.value}>
              {t(scheme.label)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
