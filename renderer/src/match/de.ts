/** German for matching (docs/decisions/0026-words.md). */
export const de = {
  "Choose a picture": "Bild wählen",
  "Draw a box around the product": "Rahmen um das Produkt ziehen",
  "Live on or off": "Live ein oder aus",
  "Open or close the camera": "Kamera öffnen oder schließen",
  "Paste a picture": "Bild einfügen",
  "Take the photo": "Foto aufnehmen",
  "Write a note, or words to look for": "Notiz oder Suchworte schreiben",
} as const;
