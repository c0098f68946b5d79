import { readBarcodes } from "./barcode.ts";

/** A piscina task: a picture (uint8 RGB [height, width, 3]) to its barcodes. */
export default readBarcodes;
