import { lazy, Suspense } from "react";
import { useCamera } from "./camera-store.ts";
import { Examples } from "./examples.tsx";
import { NoteInput } from "./note-input.tsx";
import { PictureStage } from "./picture-stage.tsx";
import { PictureStart } from "./picture-start.tsx";
import { useQueryStore } from "./query-store.ts";

/** Loaded when the camera is opened. */
const CameraView = lazy(() => import("./camera-view.tsx").then((module) => ({ default: module.CameraView })));

export function InputPanel() {
  const photo = useQueryStore((state) => state.photo);
  const cameraOpen = useCamera((state) => state.open);
  return (
    <>
      {cameraOpen ? (
        <Suspense>
          <CameraView />
        </Suspense>
      ) : photo === null ? (
        <PictureStart />
      ) : (
        <PictureStage key={photo.url} photo={photo} />
      )}
      <NoteInput />
      <Examples />
    </>
  );
}
