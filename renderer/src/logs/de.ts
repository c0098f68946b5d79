/** German for this folder (docs/decisions/0026-words.md). */
export const de = {
  "Follow on or off": "Mitlaufen ein oder aus",
} as const;
