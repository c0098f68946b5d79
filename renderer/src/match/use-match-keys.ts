import { useHotkeys } from "@mantine/hooks";
import { markPart } from "./actions.ts";
import { useAnswer } from "./answer-store.ts";
import { cancelAsking } from "./ask.ts";
import { useCamera } from "./camera-store.ts";
import { choosePicture, NOTE_INPUT_ID } from "./input-controls.ts";
import { useQueryStore } from "./query-store.ts";

export function useMatchKeys(): void {
  useHotkeys([
    ["mod+O", choosePicture],
    ["C", () => useCamera.setState(({ open }) => ({ open: !open, live: false }))],
    ["L", () => useCamera.getState().open && useCamera.setState(({ live }) => ({ live: !live }))],
    ["/", () => document.getElementById(NOTE_INPUT_ID)?.focus()],
    ["B", () => useQueryStore.getState().photo !== null && !useCamera.getState().open && markPart()],
    ["Escape", () => useAnswer.getState().running && cancelAsking()],
  ]);
}
