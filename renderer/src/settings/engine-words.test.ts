import { afterEach, expect, it } from "vitest";
import { i18n } from "../lib/i18n/i18n.ts";
import { de } from "./de.ts";
import { engineText } from "./engine-words.ts";

afterEach(() => i18n.activate("en"));

const SAID = [
  "20216 image vectors, 982 text vectors.",
  "54 products in /data/catalog/catalog.sqlite.",
  "class, colours and text, as the app recognises them",
  "300 queries made of 54 products of this catalogue, 12 judged photos",
  "5544 answers on 63 products of the sample catalogue and made sisters, made queries of nine kinds",
];

it("leaves English as the engine said it", () => {
  for (const text of SAID) expect(engineText(text)).toBe(text);
});

it("says in German what it knows, with every number and place", () => {
  i18n.loadAndActivate({ locale: "de", messages: de });
  expect(SAID.map(engineText)).toEqual([
    expect.stringMatching(/^20[.,]216 Bildvektoren, 982 Textvektoren\.$/),
    "54 Produkte in /data/catalog/catalog.sqlite.",
    "Klasse, Farben und Text, wie die App sie erkennt",
    "300 Anfragen aus 54 Produkten dieses Katalogs, 12 beurteilte Fotos",
    expect.stringMatching(/^[\d.,]+ Antworten zu \d+ Produkten des Beispielkatalogs/),
  ]);
  expect(engineText("Qdrant at http://127.0.0.1:6333 is not there.")).toBe(
    "Qdrant at http://127.0.0.1:6333 is not there.",
  );
});
