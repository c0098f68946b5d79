import type {
  BatchDecisionAnswer,
  BatchFilter,
  BatchItem,
  BatchItemDetail,
  BatchSort,
  BatchSummary,
} from "../../shared/contract/batch.ts";
import type { NamedBytes } from "../services.ts";

/** Batches of pictures: taken in, matched behind everything else, kept, and decided about. */
export interface Batches {
  /**
   * @param spool below it the uploaded files lie; taken over
   * @throws ShelfmatchError INVALID_INPUT where there are no pictures, DISK_FULL, IMPORT_UNREADABLE for a zip that is none
   */
  startUpload(spool: string, name: string): Promise<BatchSummary>;
  /** @throws ShelfmatchError as startUpload, BATCH_NOT_FOUND */
  addUpload(id: string, spool: string): Promise<BatchSummary>;
  /** A folder, a picture or a zip of this machine. @throws ShelfmatchError FILE_NOT_FOUND, FILE_NOT_READABLE, INVALID_INPUT */
  startPath(path: string, options: { watch: boolean; name?: string | undefined }): Promise<BatchSummary>;
  list(): BatchSummary[];
  /** @throws ShelfmatchError BATCH_NOT_FOUND, as every one of the following */
  get(id: string): BatchSummary;
  /** Throttled; ends when nothing more will come by itself. */
  watch(id: string, signal?: AbortSignal): AsyncIterable<BatchSummary>;
  pause(id: string): BatchSummary;
  resume(id: string): BatchSummary;
  cancel(id: string): Promise<BatchSummary>;
  retry(id: string, items: readonly number[] | undefined): BatchSummary;
  stopWatching(id: string): Promise<BatchSummary>;
  remove(id: string): Promise<void>;
  restore(id: string): BatchSummary;
  order(id: string, filter: BatchFilter, sort: BatchSort): number[];
  items(id: string, items: readonly number[]): BatchItem[];
  item(id: string, item: number): BatchItemDetail;
  products(id: string): { product: NonNullable<BatchItem["best"]>; items: number; open: number }[];
  /** @throws ShelfmatchError PICTURE_NOT_FOUND, FILE_*, IMAGE_* */
  picture(id: string, item: number, size: "thumbnail" | "full"): Promise<NamedBytes>;
  /** @throws ShelfmatchError INVALID_INPUT, PRODUCT_NOT_FOUND, the journal's */
  decide(
    id: string,
    items: readonly number[],
    answer: BatchDecisionAnswer,
    sku: string | undefined,
  ): Promise<BatchItem[]>;
  undecide(id: string, items: readonly number[]): Promise<BatchItem[]>;
  export(id: string, format: "csv" | "xlsx"): Promise<NamedBytes>;
  close(): Promise<void>;
}
