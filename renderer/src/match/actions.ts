import type { Region } from "../../../shared/contract/domain.ts";
import { useAnswer } from "./answer-store.ts";
import { ask, forgetAnswer } from "./ask.ts";
import { useCamera } from "./camera-store.ts";
import { photoOf, releasePhoto } from "./photo.ts";
import { useQueryStore } from "./query-store.ts";
import type { Question } from "./question.ts";
import { CENTRED } from "./region.ts";

/** What a person does on the left: each changes the question and asks. Failures are shown by the answer panel. */

function currentQuestion(): Question {
  const { photo, text, region } = useQueryStore.getState();
  return { photo, text, region };
}

function askNow(keep: boolean): void {
  ask(currentQuestion(), keep).catch(() => {
    // The answer panel shows it.
  });
}

/** The old photo is let go of unless the answer still shows it. */
function replacePhoto(file: File | null): void {
  const before = useQueryStore.getState().photo;
  useQueryStore.setState({ photo: file === null ? null : photoOf(file), region: null, unshowable: false });
  if (before !== null && useAnswer.getState().question?.photo !== before) releasePhoto(before);
}

export function showPicture(file: File): void {
  useCamera.setState({ open: false, live: false });
  replacePhoto(file);
  askNow(false);
}

export function removePicture(): void {
  replacePhoto(null);
  forgetAnswer();
}

export function setRegion(region: Region | null): void {
  useQueryStore.setState({ region });
  if (useQueryStore.getState().photo !== null) askNow(true);
}

/** Nearly the whole picture: a box around it marks nothing. */
const WHOLE_AREA = 0.8;

/** Puts the box where the product was found, else in the middle: from there it is pulled into place. */
export function markPart(): void {
  const { question, result, chosen } = useAnswer.getState();
  const found = question?.photo === useQueryStore.getState().photo ? result?.matches[chosen]?.region : undefined;
  setRegion(found !== undefined && found.width * found.height < WHOLE_AREA ? found : CENTRED);
}

/** Asks again with the note, or for the words alone. */
export function submitText(): void {
  const { photo, text } = useQueryStore.getState();
  if (photo === null && text.trim() === "") return;
  askNow(photo !== null && useAnswer.getState().question?.photo === photo);
}

/** For words alone, which come from elsewhere. */
export function askWords(text: string): void {
  useCamera.setState({ open: false, live: false });
  replacePhoto(null);
  useQueryStore.setState({ text });
  askNow(false);
}

export function askAgain(): void {
  askNow(false);
}

/** The same picture again, while its answer stays: something else is known of it. */
export function askAnew(): void {
  const { question } = useAnswer.getState();
  if (question === null) return;
  ask(question, true).catch(() => {
    // The answer panel shows it.
  });
}

/**
 * A frame of the camera, with the note as it stands; the last answer stays until the new one is there. Nobody describes it:
 * the next frame would wait.
 */
export function askFrame(file: File, signal: AbortSignal): Promise<void> {
  return ask({ photo: photoOf(file), text: useQueryStore.getState().text, region: null }, true, signal, false);
}
