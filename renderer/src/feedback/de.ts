/** German for this folder (docs/decisions/0026-words.md). */
export const de = {
  "Noted: right.": "Notiert: richtig.",
  "Noted: wrong. Which one is it?": "Notiert: falsch. Welches ist es?",
  "Noted: it is": "Notiert: es ist",
  "Noted: not in the catalogue.": "Notiert: nicht im Katalog.",
  "Was this right?": "War das richtig?",
  Right: "Richtig",
  Wrong: "Falsch",
  "Take it off": "Wieder entfernen",
  "Add this photo to its pictures": "Foto zu seinen Bildern nehmen",
  "The product that it is": "Das Produkt, das es ist",
  "It is…": "Es ist…",
  "No such product": "Kein solches Produkt",
  "The photo is one of its pictures now.": "Das Foto ist jetzt eines seiner Bilder.",
  "Photos like this one then find {name} more easily.": "Fotos wie dieses finden {name} dann leichter.",
} as const;
