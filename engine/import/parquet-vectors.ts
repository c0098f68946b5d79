/** How a Parquet file says that it brings embeddings. */

/** Holds what the embeddings were made by. */
export const VECTORS_KEY = "shelfmatch.embeddings";
/** The column of the embeddings: of each row, those of all its pictures in a row. */
export const VECTORS_COLUMN = "embeddings";
