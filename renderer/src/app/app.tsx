import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useLanguage } from "../lib/i18n/language.ts";
import { queryClient } from "../lib/queries.ts";
import { Notices } from "./notices.tsx";
import { Shell } from "./shell.tsx";
import { cssVariables, theme } from "./theme.ts";

const colorScheme = localStorageColorSchemeManager();

/** Another language shows everything anew, and keeps what is open: nothing below is held back from it. */
export function App() {
  useLanguage();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colorScheme}
    >
      <QueryClientProvider client={queryClient}>
        <Notices />
        <Shell />
      </QueryClientProvider>
    </MantineProvider>
  );
}
