import { create } from "zustand";
import type { Product } from "../../../shared/contract/domain.ts";
import { client } from "../lib/client.ts";
import { type Problem, toProblem } from "../lib/problem.ts";
import { api, queryClient } from "../lib/queries.ts";

export type Answer = "right" | "wrong" | "this" | "absent";

/** What is judged: a run whose last stage is in the journal. */
export interface Judged {
  runId: string;
  /** The first candidate; null where the answer was that the product is not in the catalogue. */
  first: string | null;
  /** The photo at hand; null where there is none here, though the journal may have kept it. */
  photo: File | null;
  /** Whether there is a photo at all, here or in the journal. */
  pictured: boolean;
}

interface FeedbackState {
  /** The run that was judged last, and how. */
  runId: string | null;
  answer: Answer | null;
  sku: string | null;
  sending: boolean;
  /** The photo is being added to a product's pictures, or taken off again. */
  moving: boolean;
  problem: Problem | null;
}

export const useFeedback = create<FeedbackState>()(() => ({
  runId: null,
  answer: null,
  sku: null,
  sending: false,
  moving: false,
  problem: null,
}));

/** The product that an answer has confirmed; null where it has confirmed none. */
export function confirmedSku(answer: Answer | null, sku: string | null, first: string | null): string | null {
  if (answer === "this") return sku;
  return answer === "right" ? first : null;
}

async function changed(product: Product): Promise<void> {
  queryClient.setQueryData(api.catalog.get.queryKey({ input: { sku: product.sku } }), product);
  await queryClient.invalidateQueries({ queryKey: api.catalog.list.key() });
}

async function moving(work: () => Promise<Product>): Promise<void> {
  useFeedback.setState({ moving: true, problem: null });
  try {
    await changed(await work());
    useFeedback.setState({ moving: false });
  } catch (error) {
    useFeedback.setState({ moving: false, problem: toProblem(error) });
  }
}

/** Makes the photo of a run a picture of the product. */
export function addPhoto({ runId, photo }: Pick<Judged, "runId" | "photo">, sku: string): Promise<void> {
  return moving(async () => {
    const sent = photo === null ? {} : { picture: photo };
    return (await client.match.addPhoto({ runId, sku, ...sent })).product;
  });
}

export function takePhotoOff(sku: string, hash: string): Promise<void> {
  return moving(() => client.catalog.removePicture({ sku, hash }));
}

/** A photo that an earlier answer made a picture of another product than the one that it shows after all. */
async function takeOffOthers(runId: string, before: string | null, now: string | null): Promise<void> {
  if (before === null || before === now) return;
  const product = await client.catalog.get({ sku: before });
  const added = product.pictures.find((picture) => picture.origin?.runId === runId);
  if (added !== undefined) await takePhotoOff(before, added.hash);
}

/**
 * Journals what the person says of an answer; saying something else later replaces it. Where the settings say that
 * confirmed photos are always taken, it is.
 * @param before the product that was confirmed until now
 */
export async function sendFeedback(
  judged: Judged,
  answer: Answer,
  sku: string | null = null,
  before: string | null = null,
): Promise<void> {
  const { runId, first, pictured } = judged;
  useFeedback.setState({ runId, answer, sku, sending: true, problem: null });
  try {
    await client.match.feedback({ runId, answer, ...(sku === null ? {} : { sku }) });
    await queryClient.invalidateQueries({ queryKey: api.journal.run.key({ input: { runId } }) });
    await queryClient.invalidateQueries({ queryKey: api.journal.runs.key() });
    useFeedback.setState({ sending: false });
    const confirmed = confirmedSku(answer, sku, first);
    await takeOffOthers(runId, before, confirmed);
    if (confirmed === null || !pictured) return;
    const { config } = await queryClient.ensureQueryData(api.system.settings.queryOptions());
    if (config.learn.confirmedPhotos === "always") await addPhoto(judged, confirmed);
  } catch (error) {
    useFeedback.setState({ answer: null, sku: null, sending: false, problem: toProblem(error) });
  }
}
