/** English for messages whose key is not their English text: the same word twice, with two meanings. */
export const en = {
  "Match (the page)": "Match",
} as const;
