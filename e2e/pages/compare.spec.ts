import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "../fixtures.ts";
import { ROOT } from "../host.ts";

/** The picture beside the catalogue's: what is laid over the two. */

test("where the two differ is shown over both, in words too, and hidden again", async ({ match, page }) => {
  const catalogue = join(ROOT, "seed", "images", "clacky-keyboard.jpg");
  const { width, height } = await sharp(catalogue).metadata();
  const [w, h] = [Math.round(width / 4), Math.round(height / 4)];
  const sticker = Buffer.from(
    `<svg width="${w}" height="${h}"><rect width="100%" height="100%" fill="#d0208a"/></svg>`,
  );
  const at = { left: Math.round(width * 0.4), top: Math.round(height * 0.4) };
  const photo = await sharp(catalogue)
    .composite([{ input: sticker, ...at }])
    .jpeg()
    .toBuffer();
  await match.open();
  await match.drop("with-a-sticker.jpg", photo);
  await match.answered();
  const places = page.getByTestId("differing-place");
  await expect(places).toHaveCount(0);
  const toggle = page.getByRole("switch", { name: "Where they differ" });
  await expect(toggle).not.toBeChecked();
  // The switch itself lies below its track.
  await toggle.click({ force: true });
  await expect(page.getByText(/% of what both show looks different/)).toBeAttached();
  await expect(places.first().locator("polygon")).toHaveCount(2);
  await toggle.click({ force: true });
  await expect(places).toHaveCount(0);
});
