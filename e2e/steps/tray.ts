import type { Page } from "@playwright/test";

export const tray = (page: Page) => page.getByRole("dialog", { name: "Activity" });

/** Its button says what runs. */
export const trayButton = (page: Page) => page.getByRole("navigation").getByRole("button", { name: /^Activity/ });
