import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { ROOT } from "./host.ts";

export const QUERIES = join(ROOT, "seed", "queries");

/** What a person does and sees on the first page. */
export class MatchPage {
  readonly page: Page;
  readonly verdict: Locator;
  readonly product: Locator;

  constructor(page: Page) {
    this.page = page;
    this.verdict = page.getByTestId("verdict");
    this.product = page.getByTestId("product");
  }

  async open(): Promise<void> {
    await this.page.goto("/");
    await expect(this.page.getByRole("heading", { name: "Which product is this?" })).toBeVisible();
  }

  /** Drops a file on the window, as a file manager would. */
  async drop(path: string, bytes = readFileSync(path)): Promise<void> {
    // As text: the tests are checked without the DOM's types.
    const transfer = await this.page.evaluateHandle(`(() => {
      const bytes = Uint8Array.from(atob("${bytes.toString("base64")}"), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], ${JSON.stringify(basename(path))}, { type: "image/jpeg" }));
      return transfer;
    })()`);
    await this.page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
    await expect(this.page.getByText("Drop it to find the product")).toBeVisible();
    await this.page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  }

  async choose(path: string): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: /^Choose (a|another) picture$/ }).click();
    await (await chooser).setFiles(path);
  }

  /** Waits until the answer is whole: only then can it be judged. */
  async answered(): Promise<void> {
    await expect(this.page.getByRole("button", { name: "Right", exact: true })).toBeEnabled({ timeout: 30_000 });
  }
}
