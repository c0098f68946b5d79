import { isDeepStrictEqual } from "node:util";
import type { PictureRef, ProductDraft } from "../../../shared/contract/domain.ts";
import { ShelfmatchError } from "../../../shared/errors.ts";
import { fieldChanges } from "../changes.ts";
import type { PictureUpload, UpsertDone, UpsertEntry } from "../port.ts";
import type { NewChange } from "./changes.ts";
import { isSameDraft, type StoredPicture, type StoredProduct, toProduct, toRef, toStoredDraft } from "./documents.ts";
import { pictureNotFound } from "./pictures.ts";

/** What the entries of a batch make of the catalogue, worked out on what was read; nothing is written here. */

/** The part of the catalogue that a batch touches, as the transaction reads it. */
export interface Before {
  products: Map<string, StoredProduct>;
  /** Who has the barcodes that the entries name: SKU and name by the barcode's key. */
  owners: Map<string, { sku: string; name: string }>;
  pictures: Map<string, StoredPicture>;
}

export interface Plan {
  answers: (UpsertDone | ShelfmatchError)[];
  /** Products to write, in order: two entries may be of one product, or hand a barcode on. */
  writes: { product: StoredProduct; isNew: boolean }[];
  /** Pictures that the accepted entries brought. */
  uploads: Map<string, PictureUpload>;
  /** Stored pictures that a product took up. */
  taken: Set<string>;
  /** Pictures that a product no longer has; another one may. */
  dropped: Set<string>;
  /** What the products' history says. */
  changes: NewChange[];
  /** Pictures that left a product, and stay stored for as long as the bin keeps them. */
  kept: { sku: string; name: string; pictures: string[] }[];
}

export function isUpload(picture: PictureUpload | PictureRef): picture is PictureUpload {
  return "mediaType" in picture;
}

/** @param revisions of the changes, the first of one for each entry */
export function planUpserts(entries: readonly UpsertEntry[], before: Before, revisions: number, now: Date): Plan {
  const { products, owners, pictures } = before;
  const plan: Plan = {
    answers: [],
    writes: [],
    uploads: new Map(),
    taken: new Set(),
    dropped: new Set(),
    changes: [],
    kept: [],
  };

  function write(entry: UpsertEntry, revision: number): UpsertDone | ShelfmatchError {
    const draft = toStoredDraft(entry.draft);
    const existing = products.get(entry.draft.sku);
    const had = existing?.pictures ?? [];
    const refusal = barcodeOwner(entry.draft, draft.barcodeKey, owners) ?? missingPicture(entry, had, before, plan);
    if (refusal !== null) return refusal;

    for (const picture of entry.pictures) if (isUpload(picture)) plan.uploads.set(picture.hash, picture);
    const has = picturesAfter(entry, had, pictures);
    const samePictures =
      has.length === had.length && has.every((ref, at) => ref.hash === had[at]?.hash && sameOrigin(ref, had[at]));
    if (existing !== undefined && samePictures && isSameDraft(existing, draft)) {
      return { product: toProduct(existing), outcome: "unchanged" };
    }

    const product: StoredProduct = {
      ...draft,
      pictures: has,
      ...(existing?.variantGroup === undefined ? {} : { variantGroup: existing.variantGroup }),
      revision,
      ...{ indexState: "pending", indexReason: null },
      ...timesOf(entry, existing, now),
    };
    if (existing?.barcodeKey !== undefined) owners.delete(existing.barcodeKey);
    if (draft.barcodeKey !== undefined) owners.set(draft.barcodeKey, { sku: draft._id, name: draft.name });
    products.set(draft._id, product);
    plan.writes.push({ product, isNew: existing === undefined });
    const gone = new Set(had.map(({ hash }) => hash));
    for (const { hash } of has) if (!gone.delete(hash)) plan.taken.add(hash);
    for (const hash of gone) plan.dropped.add(hash);
    const { sku, name } = entry.draft;
    if (entry.keepGone === true && gone.size > 0) plan.kept.push({ sku, name, pictures: [...gone] });
    // A copy of another catalogue's product has no history here, unless somebody says whose it is.
    if (entry.times === undefined || entry.by !== undefined) {
      const fields = existing === undefined ? [] : fieldChanges(toProduct(existing), toProduct(product));
      const kind = existing === undefined ? "added" : "changed";
      if (kind === "added" || fields.length > 0) plan.changes.push({ id: revision, sku, kind, fields, by: entry.by });
    }
    return { product: toProduct(product), outcome: existing === undefined ? "added" : "changed" };
  }

  for (const [at, entry] of entries.entries()) plan.answers.push(write(entry, revisions + at));
  return plan;
}

function timesOf({ times }: UpsertEntry, existing: StoredProduct | undefined, now: Date) {
  if (times !== undefined) return { createdAt: new Date(times.createdAt), updatedAt: new Date(times.updatedAt) };
  return { createdAt: existing?.createdAt ?? now, updatedAt: now };
}

function barcodeOwner(draft: ProductDraft, key: string | undefined, owners: Before["owners"]): ShelfmatchError | null {
  const owner = key === undefined ? undefined : owners.get(key);
  if (owner === undefined || owner.sku === draft.sku) return null;
  return new ShelfmatchError(
    "BARCODE_TAKEN",
    `Product "${draft.sku}" can't have the barcode ${draft.barcode}: it is that of "${owner.sku}" (${owner.name}). Correct one of the two.`,
    { details: { sku: draft.sku, barcode: draft.barcode, takenBy: owner.sku } },
  );
}

/** A reference names a picture that is stored, that the product has, or that the batch brought just before. */
function missingPicture(entry: UpsertEntry, had: readonly PictureRef[], before: Before, plan: Plan) {
  const own = new Set(had.map(({ hash }) => hash));
  const missing = entry.pictures.find(
    (picture) =>
      !isUpload(picture) &&
      !own.has(picture.hash) &&
      !before.pictures.has(picture.hash) &&
      !plan.uploads.has(picture.hash),
  );
  if (missing === undefined) return null;
  const message = `Picture ${missing.hash} of product "${entry.draft.sku}" is not stored. Send the picture itself.`;
  return pictureNotFound(missing.hash, message);
}

/** What is said of a picture where it is named goes before what its product says of it; that stays otherwise. */
function picturesAfter(
  { pictures, otherPictures }: UpsertEntry,
  had: readonly PictureRef[],
  stored: Before["pictures"],
): PictureRef[] {
  const known = new Map(had.map((ref) => [ref.hash, ref.origin]));
  const named = pictures.map((picture) => {
    const origin = picture.origin ?? known.get(picture.hash);
    return { ...refOf(picture, stored.get(picture.hash)), ...(origin === undefined ? {} : { origin }) };
  });
  const kept = had.filter(
    ({ origin }) => otherPictures === "keep" || (otherPictures === "keep-confirmed" && origin !== undefined),
  );
  const all = new Map<string, PictureRef>();
  for (const ref of [...named, ...kept]) if (!all.has(ref.hash)) all.set(ref.hash, ref);
  return [...all.values()];
}

const sameOrigin = (one: PictureRef, other: PictureRef | undefined) => isDeepStrictEqual(one.origin, other?.origin);

/** What is stored says more of a picture than who names it. */
function refOf(picture: PictureUpload | PictureRef, stored: StoredPicture | undefined): PictureRef {
  if (stored !== undefined) return toRef(stored);
  const { hash, width, height, bytes } = picture;
  return { hash, width, height, bytes: typeof bytes === "number" ? bytes : bytes.byteLength };
}
