/** German for this folder (docs/decisions/0026-words.md). */
export const de = {
  "It lays the catalogue out by what the pictures look like: products that the encoder takes for alike lie beside one another. 100,000 products take about a minute.":
    "Sie ordnet den Katalog danach, wie die Bilder aussehen: Was der Encoder für ähnlich hält, liegt beieinander. 100.000 Produkte brauchen etwa eine Minute.",
  "It lays the catalogue out by what the texts say: products that the encoder takes for alike lie beside one another. 100,000 products take about a minute.":
    "Sie ordnet den Katalog danach, was die Texte sagen: Was der Encoder für ähnlich hält, liegt beieinander. 100.000 Produkte brauchen etwa eine Minute.",
  "It needs WebGL 2 ({reason}). Switch hardware acceleration on in the browser's settings, or update the graphics driver. Finding a product and its neighbours works without it.":
    "Dafür ist WebGL 2 nötig ({reason}). In den Einstellungen des Browsers die Hardwarebeschleunigung einschalten oder den Grafiktreiber aktualisieren. Ein Produkt und seine Nachbarn lassen sich auch so finden.",
  "Map of {count, plural, one {# product} other {# products}}. Arrow keys move it, plus and minus zoom, 0 shows all.":
    "Karte von {count, plural, one {# Produkt} other {# Produkten}}. Pfeiltasten verschieben sie, Plus und Minus zoomen, 0 zeigt alles.",
  "No product has a vector of this kind yet. <0>Add products or import a list</0>, then make the map anew.":
    "Noch kein Produkt hat einen solchen Vektor. <0>Produkte anlegen oder eine Liste importieren</0>, dann die Karte neu zeichnen.",
  "The map could not be made: {reason}. The journal has the details.":
    "Die Karte ließ sich nicht zeichnen: {reason}. Näheres steht im Protokoll.",
  "{count, plural, one {# product is} other {# products are}} not on the map yet.":
    "{count, plural, one {# Produkt ist} other {# Produkte sind}} noch nicht auf der Karte.",
  "{count} outlined": "{count} umrandet",
  "and {count} more": "und {count} weitere",
  Category: "Kategorie",
  Closer: "Näher",
  "Coloured by": "Farbe nach",
  "Copy the SKUs": "Artikelnummern kopieren",
  Farther: "Weiter weg",
  "Find a product": "Produkt finden",
  "Find a product on the map": "Produkt auf der Karte finden",
  "Finding each product's neighbours…": "Nachbarn werden gesucht…",
  "How far the map is": "Fortschritt der Karte",
  "In no answer lately": "Zuletzt in keiner Antwort",
  "Latest verdict": "Letztes Urteil",
  "Laying them out…": "Produkte werden angeordnet…",
  Legend: "Legende",
  "Make the map": "Karte zeichnen",
  "Make the map anew": "Karte neu zeichnen",
  "No category": "Ohne Kategorie",
  "No map yet": "Noch keine Karte",
  "No such product on the map": "Kein solches Produkt auf der Karte",
  "Nothing to lay out": "Nichts anzuordnen",
  "Other categories": "Andere Kategorien",
  Outline: "Umranden",
  Pictures: "Bilder",
  Price: "Preis",
  "Price not known": "Preis nicht bekannt",
  "Reading the vectors…": "Vektoren werden gelesen…",
  Stop: "Anhalten",
  Texts: "Texte",
  "The map can't be drawn": "Die Karte lässt sich nicht darstellen",
  "The product and its neighbours": "Das Produkt und seine Nachbarn",
  "The whole map": "Die ganze Karte",
  "What is laid out": "Was angeordnet wird",
} as const;
