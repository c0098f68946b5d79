import { join } from "node:path";
import { reply, saying, startDescribeStandIn } from "../../scripts/servers/describe-stand-in.mjs";
import { test as base, expect } from "../fixtures.ts";
import { QUERIES } from "../match-page.ts";

/** Descriptions of pictures: read, corrected, and drafted for the catalogue. */

const KEYBOARD = join(QUERIES, "keyboard-cropped.jpg");
const WORDS = {
  ...{ caption: "A mechanical keyboard with round keys.", category: "keyboard", colours: ["white", "grey"] },
  ...{ material: "plastic", brand: "Clacky", text: ["CLACKY", "PRO 2"] },
};

type StandIn = Awaited<ReturnType<typeof startDescribeStandIn>>;

/** A web host beside which something answers as the model `describe` would. */
const described = base.extend<{ standIn: StandIn }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
  standIn: async ({}, use) => {
    const standIn = await startDescribeStandIn(saying(WORDS));
    await use(standIn);
    await standIn.close();
  },
  hostEnv: async ({ standIn }, use) =>
    use({ SHELFMATCH_PARTS_DESCRIBER: "triton", SHELFMATCH_TRITON_URL: standIn.url }),
});

base.describe("inside the app", () => {
  base(
    "what is said of a picture can be corrected, which the next answer heeds, and taken back",
    async ({ match, page }) => {
      await match.open();
      await match.choose(KEYBOARD);
      await match.answered();
      await page.getByRole("tab", { name: "Description" }).click();
      const panel = page.getByTestId("description");
      await expect(panel).toContainText("Put together from what was recognised and read");
      await panel.getByRole("button", { name: "Correct it" }).click();
      const form = page.getByRole("form", { name: "Description of the picture" });
      await form.getByLabel("Caption").fill("A leather sofa");
      await form.getByLabel("Material").fill("leather");
      await form.getByRole("button", { name: "Save and search again" }).click();
      await expect(panel).toContainText("Corrected by you");
      await expect(panel).toContainText("A leather sofa");
      await expect(panel).toContainText("It counts as a note");
      await match.answered();
      await page.getByRole("tab", { name: "Why" }).click();
      await page.getByRole("tab", { name: "Description" }).click();
      await panel.getByRole("button", { name: "Take it back" }).click();
      await expect(panel).toContainText("Put together from what was recognised and read");
      // It is in the journal, with the words before and after.
      await page.goto("/journal");
      await expect(page.getByText("A description was corrected").first()).toBeVisible();
    },
  );

  base("drafting says why it is off, and how it is switched on", async ({ page }) => {
    await page.goto("/catalogue");
    await page.getByRole("button", { name: "Draft descriptions" }).click();
    const drawer = page.getByRole("dialog", { name: "Drafted descriptions" });
    await expect(drawer).toContainText("No model drafts descriptions");
    await expect(drawer).toContainText("set “Describer” to Triton in the settings");
  });
});

described.describe("by a model", () => {
  described(
    "the first answer waits for nobody; the description streams in behind it",
    async ({ match, page, standIn }) => {
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      standIn.answers(async (asked, response) => {
        await released;
        await saying(WORDS)(asked, response);
      });
      await match.open();
      await match.choose(KEYBOARD);
      // The answer can be judged while the model looks.
      await match.answered();
      await expect(match.verdict).toHaveAttribute("data-stage", "refined");
      await expect(match.verdict).toContainText("describing the picture");
      await page.getByRole("tab", { name: "Description" }).click();
      const panel = page.getByTestId("description");
      await expect(panel).toContainText("The model is looking at the picture");
      release();
      await expect(match.verdict).toHaveAttribute("data-stage", "described");
      await expect(panel).toContainText("Described by stand-in-fp16");
      for (const word of [WORDS.caption, "keyboard", "white", "plastic", "Clacky", "CLACKY / PRO 2"]) {
        await expect(panel).toContainText(word);
      }
      await expect(match.product).toContainText("clacky-keyboard");
      await page.getByRole("tab", { name: "Why" }).click();
      await expect(page.getByText("As described")).toBeVisible();
    },
  );

  described(
    "a model that fails leaves the answer as it is, with its service named",
    async ({ match, page, standIn }) => {
      standIn.answers((_, response) => reply(response, { error: "internal: the graph failed" }, 400));
      await match.open();
      await match.choose(KEYBOARD);
      await expect(match.verdict).toHaveAttribute("data-stage", "described");
      await expect(match.product).toContainText("clacky-keyboard");
      await expect(page.getByTestId("answer-warnings")).toContainText("Describing the picture failed");
      await page.getByTestId("answer-warnings").locator("summary").click();
      await expect(page.getByTestId("answer-warnings")).toContainText("Triton's describer at");
    },
  );

  described(
    "drafts are accepted, edited or rejected, one by one, and nothing else gets in",
    async ({ page, request, standIn }) => {
      const skus = ["laptop", "basketball", "clacky-keyboard"];
      for (const sku of skus) {
        const saved = await request.patch(`/api/v1/products/${sku}`, { data: { description: "" } });
        expect(saved.ok()).toBe(true);
      }
      await page.goto("/catalogue");
      await page.getByRole("button", { name: "Draft descriptions" }).click();
      const drawer = page.getByRole("dialog", { name: "Drafted descriptions" });
      await drawer.getByRole("button", { name: "Draft what is missing" }).click();
      await expect(drawer.getByTestId("drafting-line")).toHaveText("Done: 3 of 3 drafted");
      await expect(drawer.getByText("3 drafts to review")).toBeVisible();
      expect(standIn.asked).toHaveLength(3);
      const descriptionOf = async (sku: string): Promise<string> =>
        (await (await request.get(`/api/v1/products/${sku}`)).json()).description;
      for (const sku of skus) expect(await descriptionOf(sku)).toBe("");

      const draft = (sku: string) => drawer.getByRole("article").filter({ hasText: `${sku} ·` });
      await draft("laptop").getByRole("button", { name: "Accept" }).click();
      await expect(draft("laptop")).toHaveCount(0);
      await draft("basketball").getByRole("textbox").fill("A ball for the team.");
      await draft("basketball").getByRole("button", { name: "Accept as edited" }).click();
      await expect(draft("basketball")).toHaveCount(0);
      await draft("clacky-keyboard").getByRole("button", { name: "Reject" }).click();
      await expect(drawer.getByText("No drafts to review")).toBeVisible();
      expect(await Promise.all(skus.map(descriptionOf))).toEqual([
        "A mechanical keyboard with round keys. Colours: white, grey. Material: plastic. On it: CLACKY / PRO 2.",
        "A ball for the team.",
        "",
      ]);
      // What was rejected is not drafted again.
      await drawer.getByRole("button", { name: "Draft what is missing" }).click();
      await expect(drawer.getByTestId("drafting-line")).toContainText(
        "Done: every product with a picture is described",
      );
    },
  );

  described("the describer is among the parts of the health page", async ({ page }) => {
    await page.goto("/stack");
    await expect(page.getByText("model that describes pictures")).toBeVisible();
  });
});
