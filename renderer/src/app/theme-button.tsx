import { ActionIcon, type ActionIconProps, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop } from "@tabler/icons-react";
import type { ComponentPropsWithRef } from "react";
import { SCHEMES } from "../lib/color-schemes.ts";
import { t } from "../lib/i18n/i18n.ts";

/** Shows the theme of now. */
export function ThemeButton(props: ActionIconProps & ComponentPropsWithRef<"button">) {
  const { colorScheme } = useMantineColorScheme();
  const Current = SCHEMES.find((scheme) => scheme.value === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <ActionIcon variant="subtle" color="slate" aria-label={t("Theme")} aria-haspopup="menu" {...props}>
      <Current size={18} stroke={1.6} />
    </ActionIcon>
  );
}
