/** German for this folder (docs/decisions/0026-words.md). */
export const de = {
  "Add a product": "Produkt anlegen",
  Import: "Importieren",
} as const;
