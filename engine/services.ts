import type { BulkJob, BulkWork, Selection } from "../shared/contract/bulk.ts";
import type { CalibrationState } from "../shared/contract/calibration.ts";
import type { BackupEvent, DataOverview, RestoreEvent } from "../shared/contract/data.ts";
import type { PictureOrigin, Product, ProductDraft, ProductFilter, Region } from "../shared/contract/domain.ts";
import type { Draft, DraftingProgress, DraftingStatus } from "../shared/contract/drafts.ts";
import type { ExportEvent, ExportOptions } from "../shared/contract/exports.ts";
import type { MapKind, MapPoints, MapState } from "../shared/contract/map.ts";
import type { MatchResult, Verdict } from "../shared/contract/match.ts";
import type { ComposeEvent, MoveEvent, ServedModel, StackStatus } from "../shared/contract/stack.ts";
import type { About, EncoderChoices, EncoderTrial, Health } from "../shared/contract/system.ts";
import type { ShelfmatchError } from "../shared/errors.ts";
import type { Activities } from "./activity/activities.ts";
import type { Batches } from "./batch/port.ts";
import type { Catalog, ChangeOptions } from "./catalog/port.ts";
import type { Descriptions } from "./describe/descriptions.ts";
import type { Duplicates } from "./duplicates/port.ts";
import type { Evaluator } from "./evaluate/port.ts";
import type { Importer } from "./import/port.ts";
import type { Journal } from "./journal/port.ts";
import type { MatchPriority } from "./match/gate.ts";

/** What the handlers of the contract call. `engine/engine.ts` puts the parts behind it together. */

export interface NamedBytes {
  /** File name, for messages and the journal; never used as a path. */
  name: string;
  bytes: Uint8Array;
}

export interface MatchRequest {
  picture?: NamedBytes;
  text?: string;
  region?: Region;
  top?: number;
  filter?: ProductFilter;
  /** Whether a model describes the picture behind all else, where one is set up. */
  describe?: boolean;
  /** The run's id, where the caller has to know it before; asked again under the same one, a run is written over. */
  runId?: string;
  /** `interactive` unless said. */
  priority?: MatchPriority;
}

export interface Matcher {
  /**
   * Yields the answer as it gets better: `visual`, then `verified`, then `refined`, which has the journal entry written;
   * where a model describes the picture `described` comes seconds later. A text query yields once.
   * @throws ShelfmatchError IMAGE_*, BUSY, CANCELLED, INVALID_INPUT
   */
  match(request: MatchRequest, signal?: AbortSignal): AsyncIterable<MatchResult>;
  /** Resolves when no match that somebody waits for is at work: what can wait, waits for that. */
  idle(): Promise<void>;
}

/** The whole catalogue as a file that the importer reads back as the same catalogue. */
export interface Exporter {
  /** The last event names the file. @throws ShelfmatchError INVALID_INPUT, FILE_NOT_READABLE, DISK_FULL */
  make(
    request: ExportOptions & { path?: string | undefined; replace: boolean },
    signal?: AbortSignal,
  ): AsyncIterable<ExportEvent>;
  /** @throws ShelfmatchError FILE_NOT_FOUND for one that is kept no more */
  file(id: string): Promise<File>;
}

/** Changes of the catalogue by hand: decodes and checks pictures, then writes; indexing follows by itself. */
export interface CatalogEditor {
  create(draft: ProductDraft, pictures: readonly NamedBytes[]): Promise<Product>;
  update(sku: string, changes: Partial<Omit<ProductDraft, "sku">>, options?: ChangeOptions): Promise<Product>;
  /** Into the bin. @returns its id there. @throws ShelfmatchError PRODUCT_NOT_FOUND */
  delete(sku: string): Promise<string>;
  /** @returns one answer an id, see `Catalog.restore` */
  restore(ids: readonly string[]): Promise<(Product | ShelfmatchError)[]>;
  /** Gives the fields of a change their old values. @throws ShelfmatchError CHANGE_NOT_FOUND, PRODUCT_CHANGED, BARCODE_TAKEN */
  revert(changeId: number): Promise<Product>;
  reindex(sku: string): Promise<Product>;
  /** @param origin of a confirmed photo */
  addPicture(sku: string, picture: NamedBytes, origin?: PictureOrigin): Promise<Product>;
  removePicture(sku: string, hash: string): Promise<Product>;
  /** The product's pictures in this order; one that is not named leaves. @throws ShelfmatchError PICTURE_NOT_FOUND */
  arrangePictures(sku: string, hashes: readonly string[], options?: ChangeOptions): Promise<Product>;
  replacePicture(sku: string, hash: string, picture: NamedBytes): Promise<Product>;
  cropPicture(sku: string, hash: string, region: Region): Promise<Product>;
}

/** Many products at once, one job at a time; and what is near a product. */
export interface Curator {
  /** @throws ShelfmatchError JOB_RUNNING, INVALID_INPUT where nothing is selected */
  start(selection: Selection, work: BulkWork): Promise<BulkJob>;
  list(): BulkJob[];
  /** Throttled; ends after the final one. @throws ShelfmatchError JOB_NOT_FOUND */
  watch(id: string, signal?: AbortSignal): AsyncIterable<BulkJob>;
  cancel(id: string): Promise<BulkJob>;
  /** @throws ShelfmatchError JOB_RUNNING, JOB_NOT_FOUND */
  undo(id: string): Promise<BulkJob>;
  /** Likeliest first. @throws ShelfmatchError PRODUCT_NOT_FOUND */
  similar(sku: string, top: number, signal?: AbortSignal): Promise<Neighbour[]>;
  close(): Promise<void>;
}

export interface Neighbour {
  product: Product;
  /** Cosine, -1..1. */
  similarity: number;
  by: "picture" | "text";
}

/** What is learned from what people say of answers. */
export interface Learner {
  /**
   * Makes the photo of a run a further picture of the product: of a part of it that was asked about, that part.
   * @param picture the run's photo; undefined takes the one that the journal has kept
   * @throws ShelfmatchError RUN_NOT_FOUND, PRODUCT_NOT_FOUND, PICTURE_NOT_FOUND where none was kept, INVALID_INPUT where
   *   the picture is another one, FORBIDDEN where the settings say never, IMAGE_*, DISK_FULL
   */
  addPhoto(request: {
    runId: string;
    sku: string;
    picture?: NamedBytes | undefined;
  }): Promise<{ product: Product; hash: string }>;
}

/** Descriptions for products that have none, by a model, for a person to review. One job at a time. */
export interface Drafter {
  status(): Promise<DraftingStatus>;
  list(query: { page: number; pageSize: number }): Promise<{ items: Draft[]; total: number }>;
  /** @throws ShelfmatchError INVALID_INPUT where no model is set up, BUSY while a job runs */
  start(): Promise<DraftingProgress>;
  /** Ends after the final one; at once where no job was started. */
  watch(signal?: AbortSignal): AsyncIterable<DraftingProgress>;
  cancel(): Promise<DraftingStatus>;
  /** @throws ShelfmatchError DRAFT_NOT_FOUND, PRODUCT_NOT_FOUND, INVALID_INPUT where it was described meanwhile */
  accept(sku: string, description: string): Promise<Product>;
  /** @throws ShelfmatchError DRAFT_NOT_FOUND */
  reject(sku: string): Promise<void>;
  close(): Promise<void>;
}

/** Fits the calibration anew on this catalogue. One refit at a time. */
export interface Recalibrator {
  state(): Promise<CalibrationState>;
  /** Starts one, unless it is running. @throws ShelfmatchError INVALID_INPUT where there are too few products */
  refit(options: { products?: number | undefined }): Promise<CalibrationState>;
  cancel(): Promise<CalibrationState>;
  /** How far a refit is. */
  progress(): CalibrationState["work"];
  /** Back to the calibration that ships with the app. */
  reset(): Promise<CalibrationState>;
  /** Starts a refit where one is due and the settings let it; done by itself every ten minutes. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The catalogue's vectors on a plane. One map at a time is made. */
export interface Mapper {
  state(kind: MapKind): Promise<MapState>;
  /** Starts to make it, behind the other kind's where that is being made; no effect where this one is. */
  make(kind: MapKind): Promise<MapState>;
  cancel(kind: MapKind): Promise<MapState>;
  /** @throws ShelfmatchError MAP_NOT_FOUND */
  /** What this run of the engine has at work, or had. */
  progress(): Pick<MapState, "kind" | "state" | "progress" | "error">[];
  points(kind: MapKind): Promise<MapPoints>;
  verdicts(): Promise<{ sku: string; verdict: Verdict }[]>;
  close(): Promise<void>;
}

export interface Indexer {
  /** Says that the catalogue has changed; returns at once. */
  nudge(): void;
  /** Resolves when no product is pending. */
  settled(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface StackControl {
  status(): Promise<StackStatus>;
  /** @throws ShelfmatchError BUSY, SERVICE_UNAVAILABLE with the last lines of a Compose that failed, CANCELLED */
  up(accelerator: "cpu" | "gpu" | undefined, signal?: AbortSignal): AsyncIterable<ComposeEvent>;
  down(signal?: AbortSignal): AsyncIterable<ComposeEvent>;
  /** @throws ShelfmatchError INVALID_INPUT where no model server is in use */
  models(): Promise<ServedModel[]>;
  loadModel(name: string): Promise<ServedModel[]>;
  unloadModel(name: string): Promise<ServedModel[]>;
  /** Copies everything to the other profile and has the settings name it, from the next start on. */
  move(
    options: { to: StackStatus["profile"] /** Deletes there what this catalogue does not have. */; replace?: boolean },
    signal?: AbortSignal,
  ): AsyncIterable<MoveEvent>;
}

/** The data folder as a whole. One backup or restore at a time. */
export interface DataKeeper {
  overview(): Promise<DataOverview>;
  /**
   * @param request `path`: where to write it; left out, it is kept until the next one
   * @throws ShelfmatchError DISK_FULL, DATA_CORRUPT, BUSY, FILE_NOT_READABLE, INVALID_INPUT, CANCELLED
   */
  backup(
    request: { path?: string | undefined; replace?: boolean | undefined },
    signal?: AbortSignal,
  ): AsyncIterable<BackupEvent>;
  /** @throws ShelfmatchError BACKUP_NOT_FOUND */
  backupFile(id: string): Promise<File>;
  /**
   * Checks a backup and unpacks it beside the data; nothing is replaced.
   * @throws ShelfmatchError BACKUP_UNREADABLE, DISK_FULL, BUSY, FILE_NOT_FOUND, FILE_NOT_READABLE, CANCELLED
   */
  check(file: string, name: string | undefined, signal?: AbortSignal): AsyncIterable<RestoreEvent>;
  /** Has what was checked take the place of the data at the next start. @throws ShelfmatchError BACKUP_NOT_FOUND */
  restore(id: string): Promise<DataOverview>;
  /** @throws ShelfmatchError BACKUP_NOT_FOUND */
  cancelRestore(id: string): Promise<DataOverview>;
  /** Deletes data that a restore has put aside. @throws ShelfmatchError BACKUP_NOT_FOUND */
  deletePrevious(name: string): Promise<DataOverview>;
}

export interface EncoderChooser {
  /** @throws ShelfmatchError SERVICE_*, TIMEOUT where the models' server can't be asked */
  list(): Promise<EncoderChoices>;
  /** @throws ShelfmatchError FILE_NOT_FOUND, DATA_CORRUPT, SERVICE_*, CANCELLED, BUSY while another is tried */
  try(name: string, signal?: AbortSignal): Promise<EncoderTrial>;
}

export interface EngineServices {
  activities: Activities;
  catalog: Catalog;
  editor: CatalogEditor;
  curator: Curator;
  journal: Journal;
  learner: Learner;
  duplicates: Duplicates;
  recalibrator: Recalibrator;
  matcher: Matcher;
  descriptions: Pick<Descriptions, "correct">;
  drafter: Drafter;
  importer: Importer;
  exporter: Exporter;
  indexer: Indexer;
  evaluator: Evaluator;
  mapper: Mapper;
  batches: Batches;
  encoders: EncoderChooser;
  stack: StackControl;
  data: DataKeeper;
  health(): Promise<Omit<Health, "dataFolder">>;
  about(): Promise<About>;
}
