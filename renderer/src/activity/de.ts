/** German for the activity tray (docs/decisions/0026-words.md). */
export const de = {
  Activity: "Aktivität",
  "Activity: {count, plural, one {# job} other {# jobs}} under way":
    "Aktivität: {count, plural, one {# Arbeit läuft} other {# Arbeiten laufen}}",
  Backup: "Sicherung",
  Batch: "Stapel",
  "Bulk change": "Sammeländerung",
  Calibration: "Kalibrierung",
  "Check of a backup": "Prüfung einer Sicherung",
  Done: "Fertig",
  "Drafting descriptions": "Beschreibungen entwerfen",
  Evaluation: "Auswertung",
  "Exporting products": "Produkte werden exportiert",
  Failed: "Fehlgeschlagen",
  Resume: "Weiter",
  "Map of the catalogue": "Karte des Katalogs",
  "Moving the catalogue": "Katalog zieht um",
  "Nothing runs. Imports, batches, evaluations and other long work appear here.":
    "Nichts läuft. Importe, Stapel, Auswertungen und andere lange Arbeiten erscheinen hier.",
  Pause: "Anhalten",
  Paused: "Angehalten",
  "Put away what is over": "Beendetes ausblenden",
  Running: "Läuft",
  "Search for duplicates": "Suche nach Dubletten",
  "Starting the services": "Dienste werden gestartet",
  "Stopping the services": "Dienste werden angehalten",
  "{time} left": "noch {time}",
} as const;
