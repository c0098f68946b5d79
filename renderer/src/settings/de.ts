/** German for the settings (docs/decisions/0026-words.md). */
export const de = {
  Appearance: "Darstellung",
  "Applies at once, here alone.": "Gilt sofort, und nur hier.",
  Language: "Sprache",
  "Of the pages. What the engine writes into the journal stays English.":
    "Die der Seiten. Was die Engine ins Protokoll schreibt, bleibt englisch.",
  "The words of this language could not be loaded. Try again.":
    "Die Texte dieser Sprache konnten nicht geladen werden. Erneut versuchen.",
} as const;
