import { IMPORT_COLUMNS } from "../../shared/contract/imports.ts";
import { foldText } from "../catalog/fold.ts";

/** What a table's header says. */

export type Column = (typeof IMPORT_COLUMNS)[number];

/**
 * Other names of a column, as shop systems and people write it: English, German, French, Spanish, Italian, Dutch,
 * Portuguese, Polish. Compared as `normalizeHeader` gives them.
 */
const SYNONYMS: Record<Column, readonly string[]> = {
  sku: [
    ...["productid", "itemid", "articlenumber", "itemnumber", "productcode", "itemcode", "article", "handle", "id"],
    ...["partnumber", "itemno", "stockcode", "artikelnummer", "artikelnr", "artnr", "artikel", "bestellnummer"],
    ...["reference", "refproduit", "codearticle", "numeroarticle", "referencia", "codigo", "codigoproducto"],
    ...["codice", "codicearticolo", "codiceprodotto", "productnummer", "codigodoproduto", "indeks", "kodproduktu"],
  ],
  name: [
    ...["title", "productname", "product", "itemname", "producttitle", "bezeichnung", "produktname", "artikelname"],
    ...["artikelbezeichnung", "produkt", "titel", "nom", "nomduproduit", "produit", "designation", "titre", "libelle"],
    ...["nombre", "producto", "titulo", "nombredelproducto", "nome", "prodotto", "titolo", "naam", "productnaam"],
    ...["nomedoproduto", "produto", "nazwa", "nazwaproduktu"],
  ],
  category: [
    ...["categories", "producttype", "productcategory", "department", "kategorie", "warengruppe", "produktgruppe"],
    ...["categorie", "rayon", "famille", "categoria", "categoriaproducto", "familia", "reparto", "productgroep"],
    ...["kategoria", "artikelgruppe"],
  ],
  price: [
    ...["unitprice", "variantprice", "priceamount", "saleprice", "retailprice", "listprice", "preis", "verkaufspreis"],
    ...["vk", "vkpreis", "bruttopreis", "einzelpreis", "prix", "prixttc", "prixdevente", "prixunitaire", "precio"],
    ...["preciounitario", "pvp", "prezzo", "prezzounitario", "prijs", "verkoopprijs", "preco", "precounitario", "cena"],
  ],
  currency: [
    "currencycode",
    "wahrung",
    "waehrung",
    "devise",
    "monnaie",
    "moneda",
    "divisa",
    "valuta",
    "moeda",
    "waluta",
  ],
  brand: [
    ...["vendor", "manufacturer", "marke", "hersteller", "marque", "fabricant", "marca", "fabricante", "merk"],
    ...["fabrikant", "produttore", "marka", "producent"],
  ],
  barcode: [
    ...["ean", "ean13", "upc", "gtin", "variantbarcode", "strichcode", "eancode", "codebarres", "codebarre", "gencode"],
    ...["codigodebarras", "codicebarre", "codiceabarre", "streepjescode", "kodkreskowy", "gtin13", "gtin14"],
  ],
  description: [
    ...["desc", "body", "bodyhtml", "details", "beschreibung", "produktbeschreibung", "langtext", "descriptif"],
    ...["descripcion", "descrizione", "beschrijving", "omschrijving", "descricao", "opis"],
  ],
  images: [
    ...[
      "image",
      "imagesrc",
      "picture",
      "pictures",
      "photo",
      "photos",
      "imagefile",
      "filename",
      "imageurl",
      "imagelink",
    ],
    ...["pictureurl", "bild", "bilder", "bildurl", "foto", "fotos", "produktbild", "imagen", "imagenes", "immagine"],
    ...["immagini", "afbeelding", "afbeeldingen", "imagem", "imagens", "zdjecie", "zdjecia", "imageurls"],
  ],
  variantGroup: ["itemgroupid", "parentsku"],
  pictureOrigins: [],
  createdAt: [],
  updatedAt: [],
};

/** Marks an attribute that has a column's name; the export writes it, so that a round trip is exact. */
export const ATTRIBUTE_PREFIX = "attribute:";

export type Field = { kind: "column"; column: Column } | { kind: "attribute"; name: string } | { kind: "none" };

export function normalizeHeader(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, "");
}

/** Columns by their own names, as a header has them. */
const BY_NAME = new Map(IMPORT_COLUMNS.map((column) => [column.toLowerCase(), column]));

/** The column whose own name this header is; another shop's name for it gives null. */
export function columnNamed(header: string): Column | null {
  return BY_NAME.get(normalizeHeader(header)) ?? null;
}

/** `Preis (€)`, `Prix TTC en EUR`, `Größe_cm`: without case, accents, signs, what stands in brackets, and the currency. */
function plainHeader(text: string): string {
  return foldText(text)
    .replace(/\([^)]*\)|\[[^\]]*\]/g, " ")
    .replace(/\b(?:in |en )?(?:eur|usd|gbp|chf|pln)\s*$|[€$£]/g, " ")
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/**
 * What each column of the table holds. A column's own name goes before its synonyms, and the first of several before
 * the others; every other column is an attribute under its header's text.
 */
export function readHeader(header: readonly string[]): Field[] {
  const taken = new Map<Column, number>();
  const normal = header.map(normalizeHeader);
  const plain = header.map(plainHeader);
  const used = new Set<number>();
  for (const column of IMPORT_COLUMNS) {
    const at = normal.indexOf(column.toLowerCase());
    if (at < 0) continue;
    taken.set(column, at);
    used.add(at);
  }
  for (const column of IMPORT_COLUMNS) {
    if (taken.has(column)) continue;
    const fits = (name: string) => name === column.toLowerCase() || SYNONYMS[column].includes(name);
    const found = header.findIndex((_, at) => !used.has(at) && (fits(normal[at] ?? "") || fits(plain[at] ?? "")));
    if (found < 0) continue;
    taken.set(column, found);
    used.add(found);
  }
  const columnAt = new Map([...taken].map(([column, at]) => [at, column]));
  return header.map((text, at) => {
    const column = columnAt.get(at);
    if (column !== undefined) return { kind: "column", column };
    const name = text.trim();
    if (name === "") return { kind: "none" };
    return {
      kind: "attribute",
      name: text.startsWith(ATTRIBUTE_PREFIX) ? text.slice(ATTRIBUTE_PREFIX.length) : name,
    };
  });
}

export function knownColumns(fields: readonly Field[]): Set<Column> {
  return new Set(fields.flatMap((field) => (field.kind === "column" ? [field.column] : [])));
}
