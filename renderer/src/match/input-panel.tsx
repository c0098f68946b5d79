import { useCamera } from "./camera-store.ts";
import { CameraView } from "./camera-view.tsx";
import { Examples } from "./examples.tsx";
import { NoteInput } from "./note-input.tsx";
import { PictureStage } from "./picture-stage.tsx";
import { PictureStart } from "./picture-start.tsx";
import { useQueryStore } from "./query-store.ts";

export function InputPanel() {
  const photo = useQueryStore((state) => state.photo);
  const cameraOpen = useCamera((state) => state.open);
  return (
    <>
      {cameraOpen ? <CameraView /> : photo === null ? <PictureStart /> : <PictureStage key={photo.url} photo={photo} />}
      <NoteInput />
      <Examples />
    </>
  );
}
