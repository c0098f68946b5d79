import type { MantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { type Message, msg } from "./i18n/i18n.ts";

/** Light, dark, or whatever the system says. */
export const SCHEMES: readonly { value: MantineColorScheme; label: Message; icon: typeof IconSun }[] = [
  { value: "light", label: msg("Light"), icon: IconSun },
  { value: "dark", label: msg("Dark"), icon: IconMoon },
  { value: "auto", label: msg("As the system"), icon: IconDeviceDesktop },
];
