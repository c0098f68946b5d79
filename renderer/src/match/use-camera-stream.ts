import { type RefObject, useCallback, useEffect, useState } from "react";
import { type CameraFault, cameraFault } from "./camera-fault.ts";

type StreamState = { kind: "starting" } | { kind: "on" } | { kind: "fault"; fault: CameraFault };

interface CameraStream {
  state: StreamState;
  devices: MediaDeviceInfo[];
  retry: () => void;
}

async function openStream(deviceId: string | null): Promise<MediaStream> {
  const wanted = { width: { ideal: 1920 }, height: { ideal: 1080 } };
  try {
    const device = deviceId === null ? {} : { deviceId: { exact: deviceId } };
    return await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...device } });
  } catch (error) {
    // The camera chosen last time is not plugged in: any other will do.
    const missing = error instanceof Error && ["OverconstrainedError", "NotFoundError"].includes(error.name);
    if (deviceId === null || !missing) throw error;
    return navigator.mediaDevices.getUserMedia({ video: wanted });
  }
}

/** Keeps a camera running in `video` for as long as the component is there; stops it sure when it goes. */
export function useCameraStream(video: RefObject<HTMLVideoElement | null>, deviceId: string | null): CameraStream {
  const [state, setState] = useState<StreamState>({ kind: "starting" });
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((n) => n + 1), []);

  useEffect(() => {
    // Undefined on pages that are neither local nor https.
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (media === undefined) return setState({ kind: "fault", fault: "insecure" });
    let gone = false;
    let stream: MediaStream | null = null;
    const listDevices = async () => {
      const all = await media.enumerateDevices();
      if (!gone) setDevices(all.filter((device) => device.kind === "videoinput"));
    };
    const start = async () => {
      setState({ kind: "starting" });
      try {
        const opened = await openStream(deviceId);
        if (gone) return opened.getTracks().forEach((track) => void track.stop());
        stream = opened;
        for (const track of opened.getVideoTracks()) {
          track.addEventListener("ended", () => !gone && setState({ kind: "fault", fault: "unplugged" }));
        }
        if (video.current !== null) video.current.srcObject = opened;
        setState({ kind: "on" });
      } catch (error) {
        if (!gone) setState({ kind: "fault", fault: cameraFault(error) });
      }
      // Labels are told only once the camera is allowed.
      await listDevices();
    };
    const onDeviceChange = () => {
      void listDevices();
      if (stream === null || !stream.active) setAttempt((n) => n + 1);
    };
    media.addEventListener("devicechange", onDeviceChange);
    void start();
    return () => {
      gone = true;
      media.removeEventListener("devicechange", onDeviceChange);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, [video, deviceId, attempt]);

  return { state, devices, retry };
}
