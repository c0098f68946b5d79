/** German for this folder (docs/decisions/0026-words.md). */
export const de = {} as const;
