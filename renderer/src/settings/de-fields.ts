/**
 * German for the settings' names, meanings and choices. Their English stands once, in the configuration's schema
 * (shared/config.ts), which the command line shows too; a test holds that each of them is here.
 */
export const fields = {
  Top: "Kandidaten",
  "How many candidates a match returns.": "Wie viele Kandidaten eine Antwort nennt.",
  Precision: "Genauigkeit",
  "Share of “match” verdicts that must be right; sets the threshold.":
    "Anteil der Antworten „Treffer“, die stimmen müssen; daraus folgt die Schwelle.",
  "Absent rate": "Übersehene Produkte",
  "Share of present products that may be called “none”.":
    "Anteil der vorhandenen Produkte, die „nicht im Katalog“ heißen dürfen.",
  Verify: "Nachprüfen",
  "Compare the best candidates pixel by pixel.": "Die besten Kandidaten Punkt für Punkt vergleichen.",
  "Read text": "Text lesen",
  "Read the text on the package, as a later stage.": "Den Text auf der Packung lesen, in einem späteren Schritt.",
  "Confirmed photos": "Bestätigte Fotos",
  "Whether a photo whose answer was confirmed becomes a further picture of its product.":
    "Ob ein Foto, dessen Antwort bestätigt wurde, ein weiteres Bild seines Produkts wird.",
  Ask: "Fragen",
  Always: "Immer",
  Never: "Nie",
  Recalibrate: "Neu kalibrieren",
  "What happens when the catalogue has grown by half, many answers were judged, or the encoder is another: confidence is then worth fitting anew.":
    "Was geschieht, wenn der Katalog um die Hälfte gewachsen ist, viele Antworten beurteilt wurden oder der Encoder ein anderer ist: Dann lohnt es sich, die Sicherheit neu anzupassen.",
  Off: "Aus",
  Suggest: "Vorschlagen",
  Automatic: "Von selbst",
  Level: "Stufe",
  "Least level that is kept.": "Niedrigste Stufe, die aufbewahrt wird.",
  Debug: "Fehlersuche",
  Info: "Hinweis",
  Warn: "Warnung",
  Error: "Fehler",
  "Retention days": "Aufbewahrung (Tage)",
  "Days that log lines and runs are kept.": "Tage, die Protokollzeilen und Läufe aufbewahrt werden.",
  "Max entries": "Höchstens Zeilen",
  "Log lines kept at most.": "Protokollzeilen, die höchstens aufbewahrt werden.",
  "Max megabytes": "Höchstens Megabyte",
  "Megabytes that log lines may take; the oldest go first.":
    "Megabyte, die Protokollzeilen belegen dürfen; die ältesten gehen zuerst.",
  "Query photos": "Angefragte Fotos",
  "What is kept of the photos that are matched.": "Was von den Fotos bleibt, die erkannt werden.",
  Thumbnails: "Vorschaubilder",
  Full: "Ganz",
  "Query photo days": "Angefragte Fotos (Tage)",
  "Days that query photos are kept.": "Tage, die angefragte Fotos aufbewahrt werden.",
  "Batch photo days": "Fotos eines Stapels (Tage)",
  "Days that the uploaded photos of a batch are kept after its last match, to be reviewed.":
    "Tage, die die hochgeladenen Fotos eines Stapels nach seinem letzten Treffer zur Durchsicht bleiben.",
  Host: "Adresse",
  "Address the web host listens on. Anything but loopback needs a token.":
    "Adresse, auf der der Webserver hört. Alles außer dem eigenen Rechner braucht ein Token.",
  Port: "Port",
  "Port of the web host; 0 takes a free one.": "Port des Webservers; 0 nimmt einen freien.",
  Token: "Token",
  "Token that callers from other machines must send.": "Token, das Aufrufe von anderen Rechnern mitschicken müssen.",
  "File that holds the token, of 16 characters or more, in place of “token”; empty where there is none.":
    "Datei mit dem Token, mindestens 16 Zeichen, anstelle von „Token“; leer, wenn es keine gibt.",
  "Allowed hosts": "Erlaubte Hostnamen",
  "Host names, beside the listening address, under which browsers may reach the web host.":
    "Hostnamen neben der eigenen Adresse, unter denen Browser den Webserver erreichen dürfen.",
  "Picture (bytes)": "Bild (Bytes)",
  "Largest picture file, in bytes.": "Größte Bilddatei, in Bytes.",
  "Picture (pixels)": "Bild (Pixel)",
  "Largest picture, in pixels.": "Größtes Bild, in Pixeln.",
  "Upload (bytes)": "Hochladen (Bytes)",
  "Largest upload of an import, in bytes.": "Größte hochgeladene Datei eines Imports, in Bytes.",
  Queue: "Warteschlange",
  "Matches that may wait at once before BUSY is answered.":
    "Anfragen, die zugleich warten dürfen, bevor BUSY geantwortet wird.",
  "Image model": "Bildmodell",
  "Model that encodes pictures inside the app: the one that it ships with, or one of the folder “models” in the data folder.":
    "Modell, das Bilder in der App einbettet: das mitgelieferte oder eines aus dem Ordner „models“ im Datenordner.",
  Workers: "Threads",
  "Encoder threads; 0 takes one a core.": "Threads des Encoders; 0 nimmt einen je Kern.",
  "Cache entries": "Einträge im Zwischenspeicher",
  "Embeddings kept in memory.": "Einbettungen, die im Speicher bleiben.",
  Imports: "Importe",
  "Pictures from web": "Bilder aus dem Web",
  "Allow imports to fetch pictures from web addresses, never from this machine or a private network. Each import must ask for it as well.":
    "Importen erlauben, Bilder von Webadressen zu holen, nie von diesem Rechner oder aus einem privaten Netz. Jeder Import muss es auch selbst verlangen.",
  "Web picture bytes": "Bild aus dem Web (Bytes)",
  "Largest picture that is fetched from the web, in bytes.": "Größtes Bild, das aus dem Web geholt wird, in Bytes.",
  "Web picture ms": "Bild aus dem Web (ms)",
  "Milliseconds that a picture from the web may take, tried again or not.":
    "Millisekunden, die ein Bild aus dem Web brauchen darf, mit allen Versuchen.",
  "Web per host": "Aus dem Web je Host",
  "Pictures fetched from a host at once.": "Bilder, die zugleich von einem Host geholt werden.",
  Profile: "Profil",
  "embedded: everything inside the app. stack: Triton, Qdrant and MongoDB.":
    "In der App: alles in der App. Stack: Triton, Qdrant und MongoDB.",
  Embedded: "In der App",
  Stack: "Stack",
  Models: "Modelle",
  "What runs the models.": "Was die Modelle ausführt.",
  Describer: "Beschreiber",
  "What describes pictures in words. embedded: class, colours and text that the app recognises. triton: a vision-language model, which Triton must serve.":
    "Was Bilder in Worten beschreibt. In der App: Art, Farben und Text, die die App erkennt. Triton: ein Bild-Sprach-Modell, das Triton bereitstellen muss.",
  Vectors: "Vektoren",
  "What keeps the vectors.": "Was die Vektoren aufbewahrt.",
  Catalogue: "Katalog",
  "What keeps products and pictures.": "Was Produkte und Bilder aufbewahrt.",
  Journal: "Protokoll",
  "What keeps runs, errors and logs.": "Was Läufe, Fehler und Protokollzeilen aufbewahrt.",
  Address: "Adresse",
  "Address of Triton's HTTP endpoint.": "Adresse von Tritons HTTP-Schnittstelle.",
  "Model that encodes pictures.": "Modell, das Bilder einbettet.",
  "Text model": "Textmodell",
  "Model that encodes texts.": "Modell, das Texte einbettet.",
  "Model that encodes texts into the space of the image model, so that words find pictures; empty: the loaded one of that space, where there is one.":
    "Modell, das Texte in den Raum des Bildmodells einbettet, damit Worte Bilder finden; leer: das geladene dieses Raums, wo es eines gibt.",
  "Vision-language model that describes pictures, where the describer is triton.":
    "Bild-Sprach-Modell, das Bilder beschreibt, wenn der Beschreiber Triton ist.",
  "Deadline (ms)": "Frist (ms)",
  "Milliseconds that a call may take.": "Millisekunden, die ein Aufruf dauern darf.",
  Connections: "Verbindungen",
  "Connections kept open at most.": "Verbindungen, die höchstens offen bleiben.",
  "Milliseconds that a description by a vision-language model may take.":
    "Millisekunden, die eine Beschreibung durch ein Bild-Sprach-Modell dauern darf.",
  "Tokens of a description, at most.": "Tokens einer Beschreibung, höchstens.",
  "Descriptions that are asked for at once; twice as many may wait.":
    "Beschreibungen, die zugleich angefragt werden; doppelt so viele dürfen warten.",
  "Longest side, in pixels, of the picture that the model is shown.":
    "Längste Seite, in Pixeln, des Bildes, das dem Modell gezeigt wird.",
  "Address of Qdrant's REST endpoint.": "Adresse von Qdrants REST-Schnittstelle.",
  "File that holds Qdrant's API key; empty where there is none.":
    "Datei mit Qdrants API-Schlüssel; leer, wenn es keinen gibt.",
  Prefix: "Präfix",
  "Begins the names of this app's collections.": "Damit beginnen die Namen der Sammlungen dieser App.",
  "Shards a collection": "Shards je Sammlung",
  "Shards of a new collection.": "Shards einer neuen Sammlung.",
  "Copies a shard": "Kopien je Shard",
  "Copies of each shard.": "Kopien jedes Shards.",
  "Copies that must acknowledge a write.": "Kopien, die einen Schreibvorgang bestätigen müssen.",
  Oversampling: "Vorauswahl",
  "Quantised candidates, per wanted one, that are scored again in full precision.":
    "Quantisierte Kandidaten je gesuchtem, die in voller Genauigkeit noch einmal bewertet werden.",
  "Connection string of MongoDB, a replica set, without the password.":
    "Verbindungsadresse von MongoDB, einem Replica Set, ohne das Passwort.",
  Database: "Datenbank",
  "Database that holds catalogue and journal.": "Datenbank mit Katalog und Protokoll.",
  "User of the database; empty where it asks for none.": "Benutzer der Datenbank; leer, wenn sie keinen verlangt.",
  "File that holds the user's password; empty where there is none.":
    "Datei mit dem Passwort des Benutzers; leer, wenn es keines gibt.",
  "Address of Chroma's HTTP endpoint.": "Adresse von Chromas HTTP-Schnittstelle.",
  "Chroma's database that holds this app's collections; made where there is none.":
    "Chromas Datenbank mit den Sammlungen dieser App; sie wird angelegt, wenn es sie nicht gibt.",
} as const;
