/** Text as it is sorted and compared by people: no case, no diacritics, digits by their value ("Tent 9" before "Tent 10"). */
export function sortKey(text: string): string {
  return foldText(text).replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, "").padStart(12, "0"));
}

/** Lower case without diacritics; other scripts stay as they are. */
export function foldText(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
