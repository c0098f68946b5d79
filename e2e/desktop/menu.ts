import type { Desktop } from "./desktop.ts";

/** Chooses from the app's menu, as a click there would. */
export function clickMenu({ app }: Desktop, menu: string, label: string): Promise<void> {
  return app.evaluate(
    ({ Menu }, names) => {
      const entries = Menu.getApplicationMenu()?.items ?? [];
      const items = entries.find((item) => item.label === names.menu)?.submenu?.items ?? [];
      const item = items.find((one) => one.label === names.label);
      if (item === undefined) throw new Error(`There is no ${names.menu}, ${names.label}.`);
      item.click();
    },
    { menu, label },
  );
}

/** From now on the system's file dialog is answered with this path. */
export function answerFileDialog({ app }: Desktop, path: string): Promise<void> {
  return app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, path);
}
