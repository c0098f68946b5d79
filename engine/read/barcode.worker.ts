/** A piscina task. */
export { readBarcodes as default } from "./barcode.ts";
